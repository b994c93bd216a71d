package org.ptuning4j.head.vocabulary;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.head.Head;
import org.ptuning4j.head.HeadSettings;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.HeadWeights;
import org.ptuning4j.head.Target;
import org.ptuning4j.tensor.RandomStream;

/**
 * The word that belongs in a gap, of the whole vocabulary, scored by the checkpoint's own language
 * model, for knowledge probing (LAMA; P-Tuning, section 4.1); {@code vocabulary} in packs. An item
 * is one row with its anchor at the mask; its target is the right token, a {@link Target.Choice}.
 * It is trained over the whole vocabulary; its scores are the logits of those words that may be the
 * answer. It has no weights of its own.
 *
 * @param candidates the token ids of the words that may be the answer, in the order of the scores;
 *     empty for all
 */
public record VocabularyHeadSpec(List<Integer> candidates) implements HeadSpec {

  public static final String KIND = "vocabulary";

  /** Checks that they are tokens. */
  public VocabularyHeadSpec {
    candidates = List.copyOf(candidates);
    VocabularyChecks.requireTokens("candidates", candidates);
  }

  public static VocabularyHeadSpec read(HeadSettings settings) {
    settings.only("candidates");
    return new VocabularyHeadSpec(settings.integers("candidates"));
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public boolean usesLanguageModel() {
    return true;
  }

  @Override
  public long parameterCount(BackboneSpec spec) {
    return 0;
  }

  @Override
  public void requireFit(BackboneSpec spec, String model) {
    VocabularyChecks.requireLanguageModel(spec, model);
    VocabularyChecks.requireKnown(candidates, spec, model);
  }

  @Override
  public Head create(Backbone backbone, RandomStream random) {
    return new VocabularyHead(this, backbone);
  }

  @Override
  public Head restore(Backbone backbone, Map<String, Tensor> values) {
    HeadWeights.overwrite(backbone.languageModel().parameters(), values);
    return new VocabularyHead(this, backbone);
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("kind", KIND);
    settings.put("candidates", candidates);
    return settings;
  }
}
