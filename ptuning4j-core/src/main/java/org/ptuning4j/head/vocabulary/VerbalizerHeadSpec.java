package org.ptuning4j.head.vocabulary;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.head.HeadSettings;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.Target;
import org.ptuning4j.tensor.RandomStream;

/**
 * Labels spelt out as words, and the checkpoint's own language model to score them at a mask
 * (P-Tuning, section 3; PET); {@code verbalizer} in packs. An item is one row with its anchor at
 * the mask; its target is its label, a {@link Target.Choice}; its scores are one logit for each
 * label: the mean of its words' logits. It has no weights of its own. Words of more than one token
 * need {@link CandidateHeadSpec}.
 *
 * @param words for each label the token ids of its words, one token each; one word or more
 * @param calibrated whether scores are calibrated by what the model says of a text without content
 *     (Zhao et al. 2021, "Calibrate before use"); scores are then log-probabilities relative to
 *     {@link VerbalizerHead#calibrate}
 */
public record VerbalizerHeadSpec(List<List<Integer>> words, boolean calibrated)
    implements HeadSpec {

  public static final String KIND = "verbalizer";

  /** Checks that each label has words that tell it from the others. */
  public VerbalizerHeadSpec {
    words = words.stream().map(List::copyOf).toList();
    if (words.size() < 2) {
      throw InvalidInputException.of(
          "words: %d labels; a verbalizer needs at least two", words.size());
    }
    for (int label = 0; label < words.size(); label++) {
      if (words.get(label).isEmpty()) {
        throw InvalidInputException.of("words: label %d has no word", label);
      }
      VocabularyChecks.requireTokens("words of label " + label, words.get(label));
      int same = words.indexOf(words.get(label));
      if (same != label) {
        throw InvalidInputException.of(
            "words: labels %d and %d have the same words %s and could not be told apart",
            same, label, words.get(label));
      }
    }
  }

  public static VerbalizerHeadSpec read(HeadSettings settings) {
    settings.only("words", "calibrated");
    return new VerbalizerHeadSpec(settings.integerLists("words"), settings.flag("calibrated"));
  }

  /** The number of labels. */
  public int labels() {
    return words.size();
  }

  /** The words of all labels, each once. */
  List<Integer> distinct() {
    return words.stream().flatMap(List::stream).distinct().toList();
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
    VocabularyChecks.requireKnown(distinct(), spec, model);
  }

  @Override
  public VerbalizerHead create(Backbone backbone, RandomStream random) {
    return VerbalizerHead.of(this, backbone);
  }

  @Override
  public VerbalizerHead restore(Backbone backbone, Map<String, Tensor> values) {
    return VerbalizerHead.of(this, backbone, values);
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("kind", KIND);
    settings.put("words", words);
    settings.put("calibrated", calibrated);
    return settings;
  }
}
