package org.ptuning4j.head.vocabulary;

import java.util.List;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.Direction;
import org.ptuning4j.head.HeadInput;

/** What heads over a checkpoint's own language model ask of it. */
final class VocabularyChecks {

  private VocabularyChecks() {}

  static void requireLanguageModel(BackboneSpec spec, String model) {
    if (!spec.hasLanguageModel()) {
      throw InvalidInputException.of(
          "head: words are asked for, but %s has no language-model head that fits it; take another"
              + " model, or a linear head (pooler, first-token, last-token, mean or dense) with a"
              + " method that needs no words",
          model);
    }
  }

  static void requireDecoder(BackboneSpec spec, String model) {
    if (!spec.direction().writes()) {
      throw InvalidInputException.of(
          "head: texts are written by decoders, such as GPT-2; %s is a '%s', whose tokens see what"
              + " comes after them",
          model, spec.modelType());
    }
  }

  /**
   * A row that only an encoder reads says nothing of words: its model's words are its decoder's.
   */
  static void requireTargets(HeadInput input) {
    if (input.backbone().spec().direction() == Direction.ENCODER_DECODER
        && input.items().stream()
            .flatMap(item -> item.rows().stream())
            .anyMatch(row -> row.target().isEmpty())) {
      throw new IllegalArgumentException("words are asked of a row that has no target");
    }
  }

  static void requireKnown(List<Integer> words, BackboneSpec spec, String model) {
    for (int word : words) {
      if (word >= spec.vocabulary()) {
        throw InvalidInputException.of(
            "head: token %d is asked for, but %s has tokens 0 to %d only; the tokenizer is that of "
                + "another model",
            word, model, spec.vocabulary() - 1);
      }
    }
  }

  static void requireTokens(String field, List<Integer> words) {
    for (int word : words) {
      if (word < 0) {
        throw InvalidInputException.of("%s: %d is no token", field, word);
      }
    }
  }

  static int[] array(List<Integer> words) {
    return words.stream().mapToInt(Integer::intValue).toArray();
  }
}
