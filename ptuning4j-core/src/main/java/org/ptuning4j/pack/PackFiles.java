package org.ptuning4j.pack;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/** The files of a pack. */
final class PackFiles {

  static final String FACTS = "prompt.json";
  static final String TENSORS = "prompt.safetensors";
  static final String WEIGHTS = "model.safetensors";

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false)
          .configure(DeserializationFeature.ACCEPT_FLOAT_AS_INT, false)
          .configure(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, true);

  private PackFiles() {}

  /** The description as it is written. */
  static byte[] json(PackFacts facts) throws JsonProcessingException {
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(facts);
  }

  /** The description of a file's content; null where that is {@code null}. */
  static PackFacts facts(byte[] json) throws IOException {
    return JSON.readValue(json, PackFacts.class);
  }
}
