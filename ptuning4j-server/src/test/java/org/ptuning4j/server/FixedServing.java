package org.ptuning4j.server;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.ptuning4j.predict.Residency;
import org.ptuning4j.server.config.Address;
import org.ptuning4j.server.config.ServerSettings;
import org.ptuning4j.server.observe.ServerMetrics;
import org.ptuning4j.server.serving.Asked;
import org.ptuning4j.server.serving.OfferedTask;
import org.ptuning4j.server.serving.PackAdministration;
import org.ptuning4j.server.serving.Question;
import org.ptuning4j.server.serving.Result;
import org.ptuning4j.server.serving.Serving;
import org.ptuning4j.task.LabelAnswer;

/** Tasks that need no model; each answers the label {@code a}, unless a test says otherwise. */
public class FixedServing implements Serving, PackAdministration {

  private final List<String> names;

  /** Tasks of these names. */
  public FixedServing(String... names) {
    this.names = List.of(names);
  }

  /** A server over this, at any free port. */
  public ModelServer start(ServerSettings settings) {
    return start(new Address("127.0.0.1", 0), settings);
  }

  /** A server over this. */
  public ModelServer start(Address address, ServerSettings settings) {
    return ModelServer.start(this, this, new ServerMetrics(), address, settings);
  }

  /** The answer that every question gets. */
  protected static Result answer() {
    return new Result.Answered(new LabelAnswer("a", "a", Map.of("a", 1.0)));
  }

  @Override
  public List<String> names() {
    return names;
  }

  @Override
  public boolean has(String name) {
    return names.contains(name);
  }

  @Override
  public Optional<OfferedTask> task(String name) {
    return Optional.empty();
  }

  @Override
  public int waiting() {
    return 0;
  }

  @Override
  public Residency residency() {
    return new Residency(0, 0, 0, 0, 0, List.of());
  }

  @Override
  public Asked ask(Question question, Instant deadline) {
    return new Asked(CompletableFuture.completedFuture(answer()), () -> {});
  }

  @Override
  public List<KnownPack> packs() {
    return List.of();
  }

  @Override
  public int publish(String name, Path pack, String note, Optional<String> alias) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void promote(String name, int version, String alias) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int rollback(String name, String alias) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void load(String name) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void unload(String name) {
    throw new UnsupportedOperationException();
  }
}
