package org.ptuning4j.backbone.deberta;

import java.util.List;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.transformer.MaskedLanguageNames;
import org.ptuning4j.tensor.file.TensorSource;

/**
 * The two spellings of DeBERTa's language-model head: BERT's ({@code "legacy": true}, the default),
 * and that of DeBERTa's own code. A checkpoint that has one of them is read and saved with it,
 * whatever its configuration says: those that DeBERTa's authors published have their own spelling
 * and do not say so.
 */
final class LanguageModelSpelling {

  private static final MaskedLanguageNames AS_BERT =
      new MaskedLanguageNames(
          "cls.predictions.transform.dense",
          "cls.predictions.transform.LayerNorm",
          "cls.predictions.decoder",
          "cls.predictions.bias");

  private static final MaskedLanguageNames OWN =
      new MaskedLanguageNames(
          "lm_predictions.lm_head.dense",
          "lm_predictions.lm_head.LayerNorm",
          "lm_predictions.lm_head",
          "lm_predictions.lm_head.bias");

  private LanguageModelSpelling() {}

  /** The names of a checkpoint's head: what the configuration says where the file has both. */
  static MaskedLanguageNames of(ModelFolder folder) {
    List<MaskedLanguageNames> preferred =
        folder.flagOr("legacy", true) ? List.of(AS_BERT, OWN) : List.of(OWN, AS_BERT);
    try (TensorSource source = folder.tensors()) {
      return preferred.stream()
          .filter(names -> isIn(source, names))
          .findFirst()
          .orElse(preferred.get(0));
    }
  }

  private static boolean isIn(TensorSource source, MaskedLanguageNames names) {
    return source.names().stream().anyMatch(name -> name.endsWith(names.dense() + ".weight"));
  }

  /** Whether the output matrix is always the word embeddings, as in DeBERTa's own code. */
  static boolean isAlwaysTied(MaskedLanguageNames names) {
    return names.equals(OWN);
  }
}
