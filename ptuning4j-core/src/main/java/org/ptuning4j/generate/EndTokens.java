package org.ptuning4j.generate;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.ptuning4j.InvalidInputException;
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
   * @throws InvalidInputException if a file names something else than token ids
   */
  public static Set<Integer> of(ModelFolder folder, TextTokenizer tokenizer) {
    ModelConfig generation = folder.generationConfig();
    ModelConfig config = generation.has(FIELD) ? generation : folder.config();
    Set<Integer> tokens = new LinkedHashSet<>(config.tokenIds(FIELD));
    tokenizer.endId().ifPresent(tokens::add);
    tokenizer.tokenId(END_OF_PIECE).ifPresent(tokens::add);
    return tokens;
  }

  /**
   * The tokens that stop strings name: one that is a special token of the tokenizer, such as {@code
   * <extra_id_1>} or {@code <|im_end|>}, is met where the model gives that token, which is no text.
   *
   * @throws InvalidInputException if a stop string has a special token in it and something else,
   *     which no text would ever have
   */
  public static Set<Integer> named(List<String> stops, TextTokenizer tokenizer) {
    Set<Integer> tokens = new LinkedHashSet<>();
    for (String stop : stops) {
      OptionalInt token = tokenizer.tokenId(stop);
      List<String> specials = tokenizer.specialTokensIn(stop);
      if (token.isPresent() && tokenizer.decode(new int[] {token.getAsInt()}).isEmpty()) {
        tokens.add(token.getAsInt());
      } else if (!specials.isEmpty()) {
        throw InvalidInputException.of(
            "stop: '%s' has the special token %s in it, which is no text, so that it would never be"
                + " met; give that token alone",
            stop, specials.get(0));
      }
    }
    return tokens;
  }
}
