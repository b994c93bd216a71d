package org.ptuning4j.prompt.method;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.prompt.LearningRates;
import org.ptuning4j.prompt.MethodDeclaration;
import org.ptuning4j.prompt.PromptContext;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.prompt.module.PromptEncoder;
import org.ptuning4j.prompt.module.PromptEncoderKind;
import org.ptuning4j.prompt.module.PromptEncoderSpec;
import org.ptuning4j.prompt.setting.MethodSettings;
import org.ptuning4j.settings.Setting;
import org.ptuning4j.settings.SettingValues;
import org.ptuning4j.settings.Values;

/**
 * P-tuning (Liu et al., <i>GPT Understands, Too</i>, arXiv 2103.10385): P soft tokens anywhere in a
 * template, whose vectors come from a prompt encoder. The encoder is trained and then thrown away:
 * only the P vectors are kept (section 3.3). Trained values: the embedding {@code P·E}, and what
 * {@link PromptEncoderSpec#parameterCount} says.
 *
 * @param length P, the number of soft tokens
 * @param encoder what produces their vectors
 * @param trainsBackbone whether the backbone is trained together with the prompt, as in the paper's
 *     SuperGLUE experiments; in its knowledge probing the backbone is frozen
 */
public record PTuning(int length, PromptEncoderSpec encoder, boolean trainsBackbone)
    implements PromptMethod {

  /** The method's name. */
  public static final String NAME = "p-tuning";

  /** Whether the backbone is trained, too. */
  public static final Setting<Boolean> JOINT =
      Setting.of(
          "joint",
          Values.flags(),
          false,
          "Train the model together with the prompt, as the paper's SuperGLUE runs do.");

  /** The method by name. */
  static final MethodDeclaration DECLARATION =
      new MethodDeclaration(NAME, declaredSettings(), PTuning::of);

  /** Checks the length. */
  public PTuning {
    MethodSettings.LENGTH.require(length);
  }

  private static List<Setting<?>> declaredSettings() {
    return Stream.of(List.of(MethodSettings.LENGTH), PromptEncoderSpec.SETTINGS, List.of(JOINT))
        .<Setting<?>>flatMap(List::stream)
        .toList();
  }

  /** The paper's encoder over a frozen backbone. */
  public static PTuning ofLength(int length) {
    return with(length, PromptEncoderKind.LSTM, Optional.empty());
  }

  /** An encoder over a frozen backbone, its LSTM as in the paper. */
  public static PTuning with(int length, PromptEncoderKind encoder, Optional<Integer> hidden) {
    return new PTuning(length, PromptEncoderSpec.of(encoder, hidden), false);
  }

  private static PTuning of(SettingValues values) {
    return new PTuning(
        values.get(MethodSettings.LENGTH), PromptEncoderSpec.of(values), values.get(JOINT));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public long parameterCount(BackboneSpec spec) {
    return (long) length * spec.embeddingWidth() + encoder.parameterCount(spec);
  }

  @Override
  public PromptModule create(PromptContext context) {
    return PromptEncoder.initialised(NAME, length, encoder, context);
  }

  @Override
  public boolean prefersTemplate() {
    return true;
  }

  @Override
  public int inputTokens() {
    return length;
  }

  @Override
  public LearningRates learningRates() {
    return trainsBackbone
        ? new LearningRates(5e-6, 1e-5, 1e-4)
        : new LearningRates(1e-5, 1e-3, 1e-2);
  }

  @Override
  public SettingValues settings() {
    return encoder
        .addTo(SettingValues.of(DECLARATION.settings()).with(MethodSettings.LENGTH, length))
        .with(JOINT, trainsBackbone);
  }
}
