package org.ptuning4j.generate;

import java.util.LinkedHashSet;
import java.util.Set;
import org.ptuning4j.backbone.ModelConfig;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.text.TextTokenizer;

/** The tokens that end what a model writes. */
public final class EndTokens {

  private static final String FIELD = "eos_token_id";

  /** What ends the filling of a blank, in models that fill them. */
  private static final String END_OF_PIECE = "<|endofpiece|>";

  private EndTokens() {}

  /**
   * Those that {@code generation_config.json} names, one or several, else those of {@code
   * config.json}; and the tokenizer's own.
   *
   * @throws org.ptuning4j.InvalidInputException if a file names something else than token ids
   */
  public static Set<Integer> of(ModelFolder folder, TextTokenizer tokenizer) {
    ModelConfig generation = folder.generationConfig();
    ModelConfig config = generation.has(FIELD) ? generation : folder.config();
    Set<Integer> tokens = new LinkedHashSet<>(config.tokenIds(FIELD));
    tokenizer.endId().ifPresent(tokens::add);
    tokenizer.tokenId(END_OF_PIECE).ifPresent(tokens::add);
    return tokens;
  }
}
