package org.ptuning4j.train.loop;

import java.util.List;
import org.ptuning4j.tensor.Parameter;

/**
 * Parameters that are trained with the same rate.
 *
 * @param parameters the parameters
 * @param rateShare their learning rate as a multiple of the run's, above 0
 */
record ParameterGroup(List<Parameter> parameters, double rateShare) {

  /** Requires a positive multiple. */
  ParameterGroup {
    parameters = List.copyOf(parameters);
    if (!(rateShare > 0 && rateShare < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("rate share " + rateShare + " must be above 0");
    }
  }
}
