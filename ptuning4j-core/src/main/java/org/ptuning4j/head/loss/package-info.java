/** What heads are trained on: losses of scores and targets. */
package org.ptuning4j.head.loss;
