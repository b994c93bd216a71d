package org.ptuning4j.prompt.module;

import java.util.Locale;

/** The networks that may produce soft tokens in training. */
public enum PromptEncoderKind {
  /** Bidirectional LSTM layers of width E/2 per direction, Linear, ReLU, Linear: v1's own. */
  LSTM,
  /** Linear, ReLU, Linear, all of width E: v1 with its LSTM off. */
  MLP,
  /** The same as {@link #LSTM} with a width of one's choice inside, as PEFT has it. */
  PEFT_LSTM,
  /** Linear, ReLU, Linear, ReLU, Linear, as PEFT has it. */
  PEFT_MLP,
  /** The vectors are trained as they are. */
  NONE;

  /** Whether its width is a setting. */
  public boolean hasWidth() {
    return this == PEFT_LSTM || this == PEFT_MLP;
  }

  /** Whether it has LSTM layers. */
  public boolean hasLstm() {
    return this == LSTM || this == PEFT_LSTM;
  }

  /** As it is written in files and on the command line. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
