package org.ptuning4j.prompt;

/**
 * The learning rates that usually work for a method. Prompts want 10 to 100 times those of full
 * fine-tuning.
 *
 * @param lowest of the usual ones
 * @param byDefault a good first try
 * @param highest of the usual ones
 */
public record LearningRates(double lowest, double byDefault, double highest) {}
