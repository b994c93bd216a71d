package org.ptuning4j.train;

/**
 * What an evaluation says whose answers are all the same, though those that are right are not.
 *
 * @param text the answer
 * @param commonest the share of the evaluation data that the commonest right answer has, 0 to 1:
 *     what a model reaches that always says the same
 */
record OneAnswer(String text, double commonest) {}
