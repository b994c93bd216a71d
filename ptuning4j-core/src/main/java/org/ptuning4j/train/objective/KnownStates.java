package org.ptuning4j.train.objective;

import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.head.Item;
import org.ptuning4j.train.batching.Batching;
import org.ptuning4j.train.objective.FrozenStates.Spread;

/** The states of a task's training and evaluation rows, as far as they are computed once. */
final class KnownStates implements AutoCloseable {

  private final String task;
  private final Positions read;
  private final Batching batching;
  private final int padId;
  private Optional<FrozenStates> training = Optional.empty();
  private Optional<FrozenStates> evaluation = Optional.empty();

  /**
   * Nothing known yet.
   *
   * @param task its name
   * @param read what its head reads
   * @param batching how many rows are computed at once
   */
  KnownStates(String task, Positions read, Batching batching, int padId) {
    this.task = task;
    this.read = read;
    this.batching = batching;
    this.padId = padId;
  }

  /** Those of training rows. */
  Optional<FrozenStates> training() {
    return training;
  }

  /** Those of evaluation rows. */
  Optional<FrozenStates> evaluation() {
    return evaluation;
  }

  /**
   * Computes what later passes share, where there is room for it.
   *
   * @param pass as in training
   * @param epochs how often each training row is passed
   */
  Preparation prepare(
      PromptedBackbone pass, List<Item> train, List<Item> dev, int epochs, StateStore store) {
    Preparation done = Preparation.NONE;
    if (epochs > 1 && pass.frozenLayers() > 0) {
      Outcome outcome = computed(pass, pass.frozenLayers(), train, store, "training");
      training = outcome.states();
      done = outcome.told();
    }
    if (pass.evaluating().frozenLayers() > 0) {
      Outcome outcome = computed(pass, pass.evaluating().frozenLayers(), dev, store, "evaluation");
      evaluation = outcome.states();
      done = done.and(new Preparation(outcome.told().kept(), List.of()));
    }
    return done;
  }

  private record Outcome(Optional<FrozenStates> states, Preparation told) {}

  private Outcome computed(
      PromptedBackbone pass, int layers, List<Item> items, StateStore store, String data) {
    Spread spread = Spread.of(pass, layers, items, read);
    Backbone backbone = pass.backbone();
    StateStore.Wanted wanted =
        new StateStore.Wanted(
            spread.count(),
            backbone.spec().hidden(),
            backbone.engine().precision().dtype(),
            () -> spread.key(pass));
    String what = "the states of '%s' after %d layers".formatted(task, layers);
    Optional<StatePlace> place = store.place(wanted);
    if (place.isEmpty()) {
      return refused(store.refusal(what, wanted));
    }
    try {
      boolean reused = place.get().isFilled();
      FrozenStates states =
          FrozenStates.of(pass.evaluating(), spread, batching, padId, place.get());
      Preparation.Kept kept =
          new Preparation.Kept(task + ", " + data, layers, wanted.bytes(), states.where(), reused);
      return new Outcome(Optional.of(states), new Preparation(List.of(kept), List.of()));
    } catch (UncheckedIOException e) {
      return refused(Optional.of(e.getMessage() + "; they are computed again in every epoch"));
    }
  }

  private static Outcome refused(Optional<String> why) {
    return new Outcome(
        Optional.empty(), new Preparation(List.of(), why.map(List::of).orElse(List.of())));
  }

  @Override
  public void close() {
    training.ifPresent(FrozenStates::close);
    evaluation.ifPresent(FrozenStates::close);
  }
}
