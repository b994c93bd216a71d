package org.ptuning4j.train.objective;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.tensor.Scope;

/** Keeps what one run has computed once for others over the same data; closed after all of them. */
public final class SharedStates extends StateStore implements AutoCloseable {

  private final StateStore store;
  private final Map<String, Tensor> known = new HashMap<>();

  /**
   * States shared among runs.
   *
   * @param store where they are kept
   */
  public SharedStates(StateStore store) {
    this.store = store;
  }

  @Override
  Optional<StatePlace> place(Wanted wanted) {
    String key = wanted.key().get();
    return known.containsKey(key)
        ? Optional.of(new Shared(key, Optional.empty()))
        : store.place(wanted).map(place -> new Shared(key, Optional.of(place)));
  }

  @Override
  Optional<String> refusal(String what, Wanted wanted) {
    return store.refusal(what, wanted);
  }

  /** Room that is filled by the first run. */
  private final class Shared implements StatePlace {

    private final String key;
    private final Optional<StatePlace> own; // empty where another run has filled it

    Shared(String key, Optional<StatePlace> own) {
      this.key = key;
      this.own = own;
    }

    @Override
    public boolean isFilled() {
      return own.map(StatePlace::isFilled).orElse(true);
    }

    @Override
    public void put(long first, Tensor states) {
      own.orElseThrow().put(first, states);
    }

    /** Another view of the same memory, so that each run may release its own. */
    @Override
    public Tensor filled() {
      own.ifPresent(place -> known.put(key, place.filled()));
      Tensor states = known.get(key);
      return Scope.own(() -> states.detach());
    }

    @Override
    public String where() {
      return own.map(StatePlace::where).orElse("in memory");
    }

    @Override
    public void abandon() {
      own.ifPresent(StatePlace::abandon);
    }
  }

  @Override
  public void close() {
    known.values().forEach(Scope::release);
    known.clear();
  }
}
