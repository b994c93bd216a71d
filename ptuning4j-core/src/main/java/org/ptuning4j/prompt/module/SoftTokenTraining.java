package org.ptuning4j.prompt.module;

import java.util.Optional;
import org.ptuning4j.prompt.setting.MethodSettings;

/**
 * How vectors at the input are trained.
 *
 * @param deep whether each has an offset at the input of every further layer, too
 * @param residual the width M of the network of a residual reparameterisation; empty for none
 * @param noise α of the noise that is added in training: uniform within α/√(P·E), drawn anew for
 *     each row; 0 for none
 */
public record SoftTokenTraining(boolean deep, Optional<Integer> residual, double noise) {

  /** Checks the ranges. */
  public SoftTokenTraining {
    MethodSettings.RESIDUAL.require(residual);
    MethodSettings.NOISE.require(noise);
  }

  /** As they are. */
  public static SoftTokenTraining plain() {
    return new SoftTokenTraining(false, Optional.empty(), 0);
  }
}
