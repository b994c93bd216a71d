package org.ptuning4j.train;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ptuning4j.data.BadRowPolicy;
import org.ptuning4j.data.input.InputFile;

/**
 * The files of a run.
 *
 * @param train what is trained on
 * @param dev what decides which epoch is the best
 * @param badRows what to do with rows that cannot be used
 * @param document a text in UTF-8 that the frozen model reads before each row: what it then says of
 *     the targets is learnt in place of them; empty for the targets themselves
 */
public record TrainingData(
    InputFile train, InputFile dev, BadRowPolicy badRows, Optional<Path> document) {

  /** Files whose targets are learnt. */
  public TrainingData(InputFile train, InputFile dev, BadRowPolicy badRows) {
    this(train, dev, badRows, Optional.empty());
  }

  /** Files in UTF-8, each in any format. */
  public TrainingData(Path train, Path dev, BadRowPolicy badRows) {
    this(InputFile.of(train), InputFile.of(dev), badRows);
  }

  /** Files in which every row must be usable. */
  public static TrainingData of(Path train, Path dev) {
    return new TrainingData(train, dev, BadRowPolicy.REFUSE);
  }

  /**
   * The same rows, of which what the frozen model says after reading a document is learnt
   * (Cartridges, arXiv 2506.06266, section 3.2): the prompt comes to stand for the document.
   *
   * @param text a text in UTF-8
   */
  public TrainingData distilledFrom(Path text) {
    return new TrainingData(train, dev, badRows, Optional.of(text));
  }

  /** All files. */
  List<Path> paths() {
    List<Path> paths = new ArrayList<>(List.of(train.path(), dev.path()));
    document.ifPresent(paths::add);
    return paths;
  }
}
