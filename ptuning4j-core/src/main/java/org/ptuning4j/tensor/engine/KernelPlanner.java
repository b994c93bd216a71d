package org.ptuning4j.tensor.engine;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Torch;
import org.ptuning4j.tensor.engine.PlanDecision.Origin;

/**
 * Decides which kernels a machine runs. What is known decides by rule ({@link KernelRules}); a
 * trial without disturbance refines it ({@link KernelTrial}) and is kept ({@link PlanStore}), so
 * that later runs start at once and repeat each other to the bit. A trial that other work disturbed
 * changes nothing: the rule holds, and a later start tries again.
 */
final class KernelPlanner {

  private final PlanStore store;
  private final Machine machine;
  private final String device;
  private final Dtype dtype;

  KernelPlanner(PlanStore store, Machine machine, String device, Dtype dtype) {
    this.store = store;
    this.machine = machine;
    this.device = device;
    this.dtype = dtype;
  }

  /** What was measured earlier, else the rule: at once. */
  PlanDecision known() {
    return store.find(key()).orElseGet(() -> PlanDecision.unmeasured(rule(), Origin.RULE));
  }

  /** What was measured earlier, else what a trial says: a second, once per machine. */
  PlanDecision measured() {
    return store.find(key()).orElseGet(this::anew);
  }

  /** What a trial says now. */
  PlanDecision anew() {
    return decided(() -> KernelTrial.run(rule(), device, dtype));
  }

  /** Keeps what an undisturbed trial says. */
  PlanDecision decided(Supplier<Optional<KernelTrial.Outcome>> trial) {
    Optional<KernelTrial.Outcome> outcome = trial.get();
    if (outcome.isEmpty()) {
      return PlanDecision.unmeasured(rule(), Origin.DISTURBED);
    }
    Map<String, Double> gains = outcome.get().gains();
    PlanDecision decision =
        new PlanDecision(outcome.get().plan(), Origin.MEASURED, Instant.now(), gains);
    store.keep(key(), decision);
    return decision;
  }

  private KernelPlan rule() {
    return KernelRules.plan(machine.processor(), device, dtype);
  }

  /** Whatever may make another kernel the faster one. */
  String key() {
    return String.join(
        "|",
        machine.processor().key(),
        device,
        dtype.name(),
        Torch.threads() + " threads",
        "libtorch " + Torch.version());
  }
}
