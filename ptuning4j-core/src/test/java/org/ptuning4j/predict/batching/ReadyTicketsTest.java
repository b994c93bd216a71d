package org.ptuning4j.predict.batching;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.pack.TestPacks;
import org.ptuning4j.pack.TestPacks.Form;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.predict.ReadRequest;
import org.ptuning4j.predict.Request;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.Precision;

/** Which requests share a batch. */
@Timeout(60)
class ReadyTicketsTest {

  private static final int BUDGET = 200;

  @TempDir Path temp;

  private Predictor predictor;
  private final ReadyTickets ready = new ReadyTickets(BUDGET);

  @BeforeEach
  void open() {
    try (Backbone backbone =
        BackboneFamilies.standard().load(ModelFolder.open(TinyModel.bert()), Engine.reference())) {
      new TestPacks(backbone).save(temp.resolve("mood"), Form.ofLength(3), 1);
    }
    predictor = Predictor.open(TinyModel.bert(), Precision.FP32);
    predictor.add("mood", temp.resolve("mood"));
  }

  @AfterEach
  void close() {
    predictor.close();
  }

  /** A text of so many tokens, the two special ones included. */
  private Ticket add(int tokens) {
    Request request = Request.of("mood", "! ".repeat(tokens - 2));
    Ticket ticket = new Ticket(request, BatcherListener.NONE);
    ReadRequest read = predictor.read(request);
    assertThat(read.longest()).isEqualTo(tokens);
    assertThat(read.tokens()).isEqualTo(tokens);
    read.close();
    ticket.isRead(read);
    ready.addAll(List.of(ticket));
    return ticket;
  }

  @Test
  void lengthsOfOneBatchAreSimilarAndTheOldestIsAlwaysInIt() throws InterruptedException {
    Ticket middle = add(40);
    Ticket longer = add(60);
    Ticket shorter = add(30); // similar to the first, and not to both
    Ticket shortest = add(5);
    Ticket alike = add(50);
    assertThat(ready.take()).containsExactly(middle, longer, alike);
    assertThat(ready.take()).containsExactly(shorter, shortest); // short ones are all alike
  }

  @Test
  void aBatchKeepsItsBudgetPaddingIncluded() throws InterruptedException {
    List<Ticket> all = List.of(add(40), add(40), add(40), add(40), add(45), add(40));
    assertThat(ready.take()).isEqualTo(all.subList(0, 4)); // with 45 it were 225
    assertThat(ready.take()).isEqualTo(all.subList(4, 6));
  }

  @Test
  void aSingleOneMayBeLongerAndTheEndIsEmpty() throws InterruptedException {
    ReadyTickets small = new ReadyTickets(10);
    Ticket ticket = add(30);
    ready.removeAll().forEach(each -> small.addAll(List.of(each)));
    assertThat(small.take()).containsExactly(ticket);
    small.end();
    assertThat(small.take()).isEmpty();
    assertThat(ready.removeAll()).isEmpty();
  }
}
