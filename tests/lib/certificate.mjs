// certificate.mjs: a certificate for servers on the loopback interface, signed by itself, made anew by each
// test that needs one and known to nobody else.

import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

// ---- DER: a tag, a length, the content ----------------------------------------------------------------

function encode(tag, ...parts) {
    const content = Buffer.concat(parts);
    const size = content.length;
    const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 255];
    return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

const sequence = (...parts) => encode(0x30, ...parts);
const number = (bytes) => encode(0x02, Buffer.from(bytes));
const identifier = (...bytes) => encode(0x06, Buffer.from(bytes));
const time = (date) => encode(0x17, Buffer.from(date.toISOString().replace(/^..|[-:T]|\.\d+/g, '')));

const ECDSA_WITH_SHA256 = sequence(identifier(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
const COMMON_NAME = identifier(0x55, 0x04, 0x03);
const SUBJECT_ALT_NAME = identifier(0x55, 0x1d, 0x11);

// ---- the certificate ------------------------------------------------------------------------------------

/**
 * For 127.0.0.1, for two days. -> { key, cert, pin }: the first two for servers of node:tls, the last for
 * Chromium's --ignore-certificate-errors-spki-list
 */
export function makeCertificate() {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const spki = publicKey.export({ type: 'spki', format: 'der' });
    const day = 24 * 60 * 60 * 1000;
    const name = sequence(encode(0x31, sequence(COMMON_NAME, encode(0x0c, Buffer.from('eddy')))));
    const address = encode(0x87, Buffer.from([127, 0, 0, 1]));
    const signed = sequence(
        encode(0xa0, number([2])), // the third version
        number([1, ...randomBytes(8)]), ECDSA_WITH_SHA256, name,
        sequence(time(new Date(Date.now() - day)), time(new Date(Date.now() + day))), name, spki,
        encode(0xa3, sequence(sequence(SUBJECT_ALT_NAME, encode(0x04, sequence(address))))));
    const signature = encode(0x03, Buffer.from([0]), sign('sha256', signed, privateKey));
    const text = sequence(signed, ECDSA_WITH_SHA256, signature).toString('base64').match(/.{1,64}/g).join('\n');
    return {
        key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
        cert: `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`,
        pin: createHash('sha256').update(spki).digest('base64'),
    };
}
