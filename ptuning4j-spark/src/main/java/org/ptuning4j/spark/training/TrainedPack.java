package org.ptuning4j.spark.training;

import java.io.Serializable;

/**
 * What a run gives.
 *
 * @param pack the files of the pack
 * @param result the content of {@code result.json}
 */
public record TrainedPack(FileBundle pack, String result) implements Serializable {}
