package org.ptuning4j.head.vocabulary;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.head.Head;
import org.ptuning4j.head.HeadSettings;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.HeadWeights;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.Target;
import org.ptuning4j.tensor.RandomStream;

/**
 * The decoder's own language model, which a text's continuation is trained on and written with;
 * {@code language-model} in packs. An item, made with {@link Item#ofTokens}, is one row that ends
 * with its target, read at each token that precedes one of the target's; what is right is the token
 * that follows each of them, {@link Target.Tags}. The scores are what {@link
 * LanguageModelHead#scores} says of these tokens; new ones are found by generating. It has no
 * weights of its own.
 */
public record LanguageModelHeadSpec() implements HeadSpec {

  /** Its kind in packs. */
  public static final String KIND = "language-model";

  public static LanguageModelHeadSpec read(HeadSettings settings) {
    settings.only();
    return new LanguageModelHeadSpec();
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
    VocabularyChecks.requireDecoder(spec, model);
  }

  @Override
  public Head create(Backbone backbone, RandomStream random) {
    return new LanguageModelHead(backbone);
  }

  @Override
  public Head restore(Backbone backbone, Map<String, Tensor> values) {
    HeadWeights.overwrite(backbone.languageModel().parameters(), values);
    return new LanguageModelHead(backbone);
  }

  @Override
  public Map<String, Object> settings() {
    return Map.of("kind", KIND);
  }
}
