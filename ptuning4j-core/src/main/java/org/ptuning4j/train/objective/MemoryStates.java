package org.ptuning4j.train.objective;

import java.util.Locale;
import java.util.Optional;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.Machine;

/** Keeps states in memory, on the model's device, for this run. */
public final class MemoryStates extends StateStore {

  /**
   * At most this part of the machine's memory, one fourth, is used; the rest is needed elsewhere.
   */
  private static final int PART = 4;

  private final Engine engine;
  private final long total;
  private long left;

  /** A quarter of the machine's memory. */
  public MemoryStates(Engine engine) {
    this(engine, Machine.totalMemoryBytes() / PART);
  }

  /** So much memory, in bytes. */
  public MemoryStates(Engine engine, long bytes) {
    this.engine = engine;
    this.total = bytes;
    this.left = bytes;
  }

  @Override
  Optional<StatePlace> place(Wanted wanted) {
    if (wanted.bytes() > left) {
      return Optional.empty();
    }
    left -= wanted.bytes();
    Tensor states =
        Scope.own(
            () ->
                engine.place(
                    torch.empty(
                        new long[] {wanted.tokens(), wanted.width()},
                        new TensorOptions(wanted.dtype().scalarType()),
                        new MemoryFormatOptional()),
                    wanted.dtype()));
    return Optional.of(new InMemory(states));
  }

  @Override
  Optional<String> refusal(String what, Wanted wanted) {
    return Optional.of(
        String.format(
            Locale.ROOT,
            "%s could be computed once and be used in every epoch, but would take %.1f GB, and %.1f"
                + " of %.1f GB are left for it: they are computed again in every epoch; with cache"
                + " 'disk' they would be kept in files",
            what,
            wanted.bytes() / 1e9,
            left / 1e9,
            total / 1e9));
  }

  private record InMemory(Tensor states) implements StatePlace {

    @Override
    public boolean isFilled() {
      return false;
    }

    @Override
    public void put(long first, Tensor some) {
      states.narrow(0, first, some.size(0)).copy_(some);
    }

    @Override
    public Tensor filled() {
      return states;
    }

    @Override
    public String where() {
      return "in memory";
    }

    @Override
    public void abandon() {
      Scope.release(states);
    }
  }
}
