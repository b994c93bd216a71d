package org.ptuning4j.server.inference;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A tensor with one value for each row of a request.
 *
 * @param name of an input, or of a field of the answer
 * @param type what it holds
 * @param values texts or numbers; null for a number that there is none of
 */
public record NamedTensor(String name, TensorType type, List<Object> values) {

  /** Copies the values, null among them. */
  public NamedTensor {
    values = Collections.unmodifiableList(new ArrayList<>(values));
  }
}
