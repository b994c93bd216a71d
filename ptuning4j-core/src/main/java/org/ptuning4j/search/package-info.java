/**
 * A search for the settings of a run: a declared space, trials that stop early unless they are
 * among the best (successive halving), warm starts, and what became of all of them.
 */
package org.ptuning4j.search;
