package org.ptuning4j.train.objective;

import java.util.Optional;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.tensor.Dtype;

/** Where the states that a run computes once are kept. */
public interface StateStore {

  /** Keeps nothing: all is computed in every pass. */
  StateStore NONE =
      new StateStore() {
        @Override
        public Optional<Place> place(Wanted wanted) {
          return Optional.empty();
        }

        @Override
        public Optional<String> refusal(String what, Wanted wanted) {
          return Optional.empty(); // as was asked for
        }
      };

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
    public long bytes() {
      return Math.multiplyExact(tokens, (long) width * dtype.bytes());
    }
  }

  /** Room for them. */
  interface Place {

    /** Whether they are there already, from an earlier run. */
    boolean isFilled();

    /**
     * Keeps the states of one text.
     *
     * @param first the place of its first token
     * @param states {@code [n, H]}
     */
    void put(long first, Tensor states);

    /**
     * All of them, {@code [tokens, H]}, on the CPU or the model's device; the caller releases it.
     */
    Tensor filled();

    /** Where they are, for people, such as {@code in memory}. */
    String where();

    /** Gives the room back where it could not be filled. */
    void abandon();
  }

  /** Room for states; empty where there is none. */
  Optional<Place> place(Wanted wanted);

  /**
   * What to say of states that have no room.
   *
   * @param what they are, such as {@code the states of 'sst2'}
   */
  Optional<String> refusal(String what, Wanted wanted);
}
