package org.ptuning4j.prompt.form;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * A trained prompt, flat and frozen: what a pack holds and a predictor serves. There are two forms,
 * as there are two ways into a transformer: {@link DeepPrompt} (keys and values of its layers) and
 * {@link InputPrompt} (vectors at its input).
 */
public sealed interface TrainedPrompt extends AutoCloseable permits DeepPrompt, InputPrompt {

  /** P. */
  int length();

  /** By how much the positions of the text move up although it stays where it is. */
  int positionShift();

  /** Its tensors, fp32, by the names under which they are saved; owned by this object. */
  Map<String, Tensor> tensors();

  @Override
  void close();
}
