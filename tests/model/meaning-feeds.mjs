// meaning-feeds.mjs: the counterpart of feeds.c: what operations on broadcasts and watches do with the
// reference.

import { Broadcast, Watch } from './feeds.mjs';
import { Meaning } from './meaning.mjs';
import { CODES } from './reference.mjs';

const { EINVAL } = CODES;

export class FeedMeaning extends Meaning {
    /** "u12" is the subscriber 2 of broadcast 1, "w3" the watcher 3 of watch 0. */
    feedOf(word) {
        const source = { d: 'd', u: 'd', v: 'v', w: 'v' }[word[0]];
        const index = source === word[0] ? Number(word.slice(1)) : Math.trunc(Number(word.slice(1)) / 10);
        return this.objects.get(`${source}${index}`);
    }

    makeFeed(kind, index, a) {
        if (kind === 'broadcast') this.objects.set(`d${index}`, new Broadcast(this.eddy, a));
        else this.objects.set(`v${index}`, new Watch(this.eddy, a));
    }

    do_cast(context, operation, word, item) {
        return this.tell(context, operation, this.feedOf(word)?.send(item) ?? EINVAL);
    }

    do_change(context, operation, word, item) {
        return this.tell(context, operation, this.feedOf(word)?.set(item) ?? EINVAL);
    }

    do_value(context, operation, word) {
        const watch = this.feedOf(word);
        return this.tell(context, operation, watch?.open ? watch.value : EINVAL);
    }

    do_subscribe(context, operation, word) {
        const feed = this.feedOf(word);
        const there = feed?.readers.has(word) || feed?.subscribe(word);
        return this.tell(context, operation, there ? 1 : 0);
    }

    *do_hear(context, operation, word) {
        const feed = this.feedOf(word);
        const [rc, item] = feed ? yield* feed.receive(word) : [yield* this.refused()];
        return this.tell(context, operation, rc < 0 ? rc : item);
    }

    do_try_hear(context, operation, word) {
        const [rc, item] = this.feedOf(word)?.take(word) ?? [EINVAL];
        return this.tell(context, operation, rc < 0 ? rc : item);
    }

    do_lost(context, operation, word) {
        return this.tell(context, operation, this.feedOf(word)?.readers.get(word)?.lost ?? 0);
    }

    do_unsubscribe(context, operation, word) {
        const feed = this.feedOf(word);
        if (feed?.readers.has(word)) feed.closeReader(word);
        return this.tell(context, operation, 0);
    }

    do_end_source(context, operation, word) {
        const feed = this.feedOf(word);
        if (feed?.open) feed.close();
        return this.tell(context, operation, 0);
    }
}
