package org.ptuning4j.pack.peft;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.prompt.method.PTuning;
import org.ptuning4j.prompt.method.PrefixTuning;
import org.ptuning4j.prompt.method.PromptTuning;

/** PEFT's methods that train a prompt and nothing else. */
enum PeftType {
  PREFIX_TUNING(PrefixTuning.NAME),
  P_TUNING(PTuning.NAME),
  PROMPT_TUNING(PromptTuning.NAME),
  MULTITASK_PROMPT_TUNING(PromptTuning.NAME);

  private final String method;

  PeftType(String method) {
    this.method = method;
  }

  /** The method here that trains the like. */
  String method() {
    return method;
  }

  /** Whether its prompt is keys and values of layers. */
  boolean isDeep() {
    return this == PREFIX_TUNING;
  }

  /** The type of a name. */
  static PeftType of(String name) {
    return Arrays.stream(values())
        .filter(type -> type.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                InvalidInputException.of(
                    "peft_type: '%s' is no prompt alone; of PEFT's types these can be a pack: %s",
                    name,
                    Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(", "))));
  }
}
