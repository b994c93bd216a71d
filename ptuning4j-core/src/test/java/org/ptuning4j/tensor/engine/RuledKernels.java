package org.ptuning4j.tensor.engine;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Torch;
import org.ptuning4j.tensor.engine.PlanDecision.Origin;

/**
 * Puts the rules' kernels into the cache that the build gives its tests, before the first of them.
 * Otherwise every run that a test trains would begin with a trial of kernels, which the tests
 * beside it disturb, so that none would be kept.
 */
public final class RuledKernels implements BeforeAllCallback {

  /** Set to {@code $XDG_CACHE_HOME} by a build whose tests have a cache of their own. */
  private static final String OWN_CACHE = "tests.cache";

  @Override
  public void beforeAll(ExtensionContext context) {
    String own = System.getProperty(OWN_CACHE);
    if (own != null && own.equals(System.getenv("XDG_CACHE_HOME"))) {
      context
          .getRoot()
          .getStore(Namespace.create(RuledKernels.class))
          .getOrComputeIfAbsent(OWN_CACHE, key -> keep());
    }
  }

  /** For as many threads as there are, and for one, which processes of tests have. */
  private static boolean keep() {
    int threads = Torch.threads();
    Machine machine = Machine.detect();
    String device = machine.cuda() ? "cuda" : "cpu";
    try {
      for (int count : new LinkedHashSet<>(List.of(1, threads))) {
        torch.set_num_threads(count);
        for (Dtype dtype : Set.of(Dtype.F32, Dtype.BF16)) {
          KernelPlanner planner = new KernelPlanner(PlanStore.inCache(), machine, device, dtype);
          PlanDecision known = planner.known();
          if (known.origin() == Origin.RULE) {
            planner.decided(() -> Optional.of(new KernelTrial.Outcome(known.plan(), Map.of())));
          }
        }
      }
    } finally {
      torch.set_num_threads(threads);
    }
    return true;
  }
}
