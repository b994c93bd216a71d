/** A server under mixed requests for long, with packs that come and go. */
package org.ptuning4j.benchmarks.soak;
