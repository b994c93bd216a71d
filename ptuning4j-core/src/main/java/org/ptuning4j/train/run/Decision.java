package org.ptuning4j.train.run;

/**
 * What a run decided by itself, where a setting left it to the run.
 *
 * @param setting the setting's name
 * @param value what was decided, as the setting would be written
 * @param reason how it was found, for people
 */
public record Decision(String setting, String value, String reason) {}
