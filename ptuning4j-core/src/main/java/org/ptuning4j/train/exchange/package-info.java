/** What several processes that train one prompt tell each other: gradients, and scores of rows. */
package org.ptuning4j.train.exchange;
