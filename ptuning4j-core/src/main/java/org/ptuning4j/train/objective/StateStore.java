package org.ptuning4j.train.objective;

import java.util.Optional;
import java.util.function.Supplier;
import org.ptuning4j.tensor.Dtype;

/** Where the states that a run computes once are kept. */
public abstract sealed class StateStore
    permits MemoryStates, DiskStates, SharedStates, StateStore.Nowhere {

  StateStore() {}

  /** Keeps nothing: all is computed in every pass. */
  public static StateStore none() {
    return new Nowhere();
  }

  /**
   * States that are to be kept.
   *
   * @param tokens how many have a state
   * @param width H
   * @param dtype of a state's values
   * @param key what the states follow from, as a hash; asked for only where it is needed
   */
  record Wanted(long tokens, int width, Dtype dtype, Supplier<String> key) {

    /** What they take. */
    long bytes() {
      return Math.multiplyExact(tokens, (long) width * dtype.bytes());
    }
  }

  /** Room for states; empty where there is none. */
  abstract Optional<StatePlace> place(Wanted wanted);

  /**
   * What to say of states that have no room; empty where nothing is to be said.
   *
   * @param what they are, such as {@code the states of 'sst2'}
   */
  abstract Optional<String> refusal(String what, Wanted wanted);

  /** No room, as was asked for. */
  static final class Nowhere extends StateStore {

    @Override
    Optional<StatePlace> place(Wanted wanted) {
      return Optional.empty();
    }

    @Override
    Optional<String> refusal(String what, Wanted wanted) {
      return Optional.empty();
    }
  }
}
