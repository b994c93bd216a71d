package org.ptuning4j.train;

import java.nio.file.Path;
import java.util.List;
import org.ptuning4j.data.BadRowPolicy;
import org.ptuning4j.data.input.InputFile;

/**
 * The files of a run.
 *
 * @param train what is trained on
 * @param dev what decides which epoch is the best
 * @param badRows what to do with rows that cannot be used
 */
public record TrainingData(InputFile train, InputFile dev, BadRowPolicy badRows) {

  /** Files in UTF-8, each in any format. */
  public TrainingData(Path train, Path dev, BadRowPolicy badRows) {
    this(InputFile.of(train), InputFile.of(dev), badRows);
  }

  /** Files in which every row must be usable. */
  public static TrainingData of(Path train, Path dev) {
    return new TrainingData(train, dev, BadRowPolicy.REFUSE);
  }

  /** Both files. */
  List<Path> paths() {
    return List.of(train.path(), dev.path());
  }
}
