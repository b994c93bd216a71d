/** Requests of many callers, answered together. */
package org.ptuning4j.predict.batching;
