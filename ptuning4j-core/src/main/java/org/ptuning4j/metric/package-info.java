/** Figures that say how good predictions are. It uses nothing else of this library. */
package org.ptuning4j.metric;
