// The crawler, from its parts to a whole site. One file, so that these tests take turns: they share
// a native build, and some look at times.
import './pure.mjs';
import './faults.mjs';
import './options.mjs';
import './site.mjs';
