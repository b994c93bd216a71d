package org.ptuning4j.tensor;

import java.util.function.Supplier;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.NoGradGuard;

/** Blocks in which no gradient is recorded. */
public final class Autograd {

  private Autograd() {}

  /** Changes parameters in place without the graph noticing. */
  @SuppressWarnings("try") // the guard works by being open
  public static void withoutGraph(Runnable block) {
    try (NoGradGuard guard = new NoGradGuard()) {
      block.run();
    }
  }

  /** Computes without recording a graph; what comes out may enter one later, as a constant. */
  @SuppressWarnings("try") // the guard works by being open
  public static <T> T withoutGraph(Supplier<T> block) {
    try (NoGradGuard guard = new NoGradGuard()) {
      return block.get();
    }
  }

  /** Computes without any bookkeeping for gradients; what comes out cannot enter a graph later. */
  @SuppressWarnings("try") // the mode works by being open
  public static <T> T inference(Supplier<T> block) {
    try (InferenceMode mode = new InferenceMode(true)) {
      return block.get();
    }
  }
}
