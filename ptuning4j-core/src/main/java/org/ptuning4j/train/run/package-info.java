/** A run's folder, what it records there, its result, and who is told of its course. */
package org.ptuning4j.train.run;
