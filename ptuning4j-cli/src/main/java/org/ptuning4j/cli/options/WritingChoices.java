package org.ptuning4j.cli.options;

import java.util.ArrayList;
import java.util.List;
import org.ptuning4j.generate.GenerationSettings;
import picocli.CommandLine.Option;

/** How a model writes: the options of {@link GenerationSettings}. */
public final class WritingChoices {

  @Option(
      names = "--max-new-tokens",
      paramLabel = "N",
      description = "The most tokens that are added. Default: as the pack says, else 64.")
  Integer maxNewTokens;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      description =
          "Draw tokens by their probability at this temperature. Default: 0, the best token"
              + " always.")
  Double temperature;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      description = "Draw among the K best tokens only. Default: all.")
  Integer topK;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      description =
          "Draw among the fewest best tokens that have probability P together. Default: 1, all.")
  Double topP;

  @Option(
      names = "--repetition-penalty",
      paramLabel = "X",
      description = "Make tokens that the text has already less likely. Default: 1, not.")
  Double repetitionPenalty;

  @Option(
      names = "--beams",
      paramLabel = "N",
      description = "Follow the N best continuations at once. Default: as the pack says, else 1.")
  Integer beams;

  @Option(
      names = "--length-penalty",
      paramLabel = "X",
      description = "Above 0, beams favour longer texts. Default: as the pack says, else 1.")
  Double lengthPenalty;

  @Option(
      names = "--sequences",
      paramLabel = "N",
      description = "Return N continuations of each text. Default: 1.")
  Integer sequences;

  @Option(
      names = "--stop",
      paramLabel = "TEXT",
      description =
          "End before this text, or at this special token, such as <extra_id_1>. Repeat it for"
              + " several.")
  List<String> stops = new ArrayList<>();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "The seed of what is drawn. Default: 0.")
  Long seed;

  /** A task's own settings with what was chosen here. */
  public GenerationSettings over(GenerationSettings own) {
    return new GenerationSettings(
        chosen(maxNewTokens, own.maxNewTokens()),
        chosen(temperature, own.temperature()),
        chosen(topK, own.topK()),
        chosen(topP, own.topP()),
        chosen(repetitionPenalty, own.repetitionPenalty()),
        chosen(beams, temperature != null && temperature > 0 ? 1 : own.beams()),
        chosen(lengthPenalty, own.lengthPenalty()),
        chosen(sequences, own.sequences()),
        stops.isEmpty() ? own.stops() : stops,
        chosen(seed, own.seed()));
  }

  private static <T> T chosen(T valueOrNull, T otherwise) {
    return valueOrNull == null ? otherwise : valueOrNull;
  }
}
