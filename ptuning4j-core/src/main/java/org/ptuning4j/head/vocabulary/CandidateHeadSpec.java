package org.ptuning4j.head.vocabulary;

import java.util.LinkedHashMap;
import java.util.Locale;
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
 * A choice between wordings of any length, by how likely the checkpoint's own language model finds
 * them (P-Tuning on COPA and WSC; PET with several masks); {@code candidates} in packs. An item,
 * made with {@link Item#ofWordings}, has a row for each candidate, which reads as many masks as the
 * candidate has tokens; its target is the right candidate, a {@link Target.Choice}; its scores are
 * the candidates' log-probabilities: the tokens of one candidate are taken as independent of each
 * other where they are all masked at once, and each given those before it where a model writes. It
 * has no weights of its own.
 *
 * @param length what becomes of the log-probabilities of a candidate's tokens
 */
public record CandidateHeadSpec(Length length) implements HeadSpec {

  public static final String KIND = "candidates";

  /** What candidates of different lengths are compared by. */
  public enum Length {
    /** The mean over its tokens: long candidates are at no disadvantage. */
    MEAN,
    /** The sum over its tokens: the probability of the whole. */
    SUM;

    /** As it is written in files. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * As a model's own classifiers have it. What fills a blank token by token has a probability as a
   * whole, by which GLM compares wordings (arXiv 2103.10360, section 2.3); those of masks that are
   * filled at once, and of decoders here, are compared by their mean.
   */
  public static CandidateHeadSpec byDefault(BackboneSpec spec) {
    return new CandidateHeadSpec(
        switch (spec.direction()) {
          case BIDIRECTIONAL, CAUSAL -> Length.MEAN;
          case INFILLING, ENCODER_DECODER -> Length.SUM;
        });
  }

  public static CandidateHeadSpec read(HeadSettings settings) {
    settings.only("length");
    return new CandidateHeadSpec(settings.oneOf("length", Length.values(), Length::label));
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
  }

  @Override
  public Head create(Backbone backbone, RandomStream random) {
    return new CandidateHead(this, backbone);
  }

  @Override
  public Head restore(Backbone backbone, Map<String, Tensor> values) {
    HeadWeights.overwrite(backbone.languageModel().parameters(), values);
    return new CandidateHead(this, backbone);
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("kind", KIND);
    settings.put("length", length.label());
    return settings;
  }
}
