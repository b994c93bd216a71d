package org.ptuning4j.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.BackboneFamily;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.WeightReport;
import org.ptuning4j.pack.TestPacks;
import org.ptuning4j.pack.TestPacks.Form;
import org.ptuning4j.task.LabelAnswer;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.text.TextTokenizer;

/** A model that fails on some texts, and a source of packs that comes and goes. */
class FaultyModelTest {

  @TempDir static Path temp;

  @BeforeAll
  static void save() {
    try (Backbone backbone =
        BackboneFamilies.standard().load(ModelFolder.open(TinyModel.bert()), Engine.reference())) {
      new TestPacks(backbone).save(temp.resolve("mood"), Form.ofLength(3), 1);
      new TestPacks(backbone).save(temp.resolve("topic"), Form.ofLength(5), 2);
    }
  }

  /** Makes models that fail where a batch holds a token. */
  private record Faulty(BackboneFamily real, int breaks, int refuses, AtomicInteger passes)
      implements BackboneFamily {

    @Override
    public Set<String> modelTypes() {
      return real.modelTypes();
    }

    @Override
    public Backbone load(ModelFolder folder, Engine engine, boolean trainable) {
      Backbone backbone = real.load(folder, engine, trainable);
      return (Backbone)
          Proxy.newProxyInstance(
              getClass().getClassLoader(),
              new Class<?>[] {Backbone.class},
              (proxy, method, arguments) -> {
                if (method.getName().equals("forward")) {
                  pass((TokenBatch) arguments[0]);
                }
                try {
                  return method.invoke(backbone, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              });
    }

    private void pass(TokenBatch batch) {
      passes.incrementAndGet();
      for (long id : batch.ids()) {
        if (id == breaks) {
          throw new IllegalStateException("out of order");
        }
        if (id == refuses) {
          throw new InvalidInputException("the model does not want it");
        }
      }
    }

    @Override
    public BackboneSpec spec(ModelFolder folder) {
      return real.spec(folder);
    }

    @Override
    public WeightReport inspect(ModelFolder folder) {
      return real.inspect(folder);
    }
  }

  private static int id(String word) {
    try (TextTokenizer tokenizer = TextTokenizer.open(TinyModel.bert())) {
      return tokenizer.tokenId(word).orElseThrow();
    }
  }

  /** Two bad ones of 33, of different kinds: the others are answered, in few passes. */
  @Test
  void whatTheModelFailsOnFailsAlone() {
    BackboneFamily bert = BackboneFamilies.standard().of(ModelFolder.open(TinyModel.bert()));
    AtomicInteger passes = new AtomicInteger();
    Faulty faulty = new Faulty(bert, id("!"), id("?"), passes);
    List<Request> requests = new ArrayList<>();
    IntStream.range(0, 31)
        .forEach(i -> requests.add(Request.of(i % 2 == 0 ? "mood" : "topic", "the fox " + i)));
    requests.add(4, Request.of("mood", "a dog!"));
    requests.add(20, Request.of("topic", "a dog?"));
    try (Predictor whole = Predictor.open(TinyModel.bert(), Precision.FP32);
        Predictor predictor =
            Predictor.open(
                TinyModel.bert(),
                PredictorOptions.standard()
                    .withPrecision(Precision.FP32)
                    .withFamilies(BackboneFamilies.standard().with(faulty)))) {
      for (String name : List.of("mood", "topic")) {
        whole.add(name, temp.resolve(name));
        predictor.add(name, temp.resolve(name));
      }
      passes.set(0);
      List<Outcome> outcomes = predictor.answer(requests);
      assertThat(passes.get()).isLessThan(24); // each alone would be 34
      Outcome.Failed broken = outcomes.get(4).failure().orElseThrow();
      assertThat(broken.problem()).isEqualTo(Problem.INTERNAL);
      assertThat(broken.reason()).contains("out of order");
      assertThat(broken.isBadInput()).isFalse();
      Outcome.Failed refused = outcomes.get(20).failure().orElseThrow();
      assertThat(refused.problem()).isEqualTo(Problem.REFUSED);
      assertThat(refused.reason()).isEqualTo("the model does not want it");
      for (int i = 0; i < requests.size(); i++) {
        if (i != 4 && i != 20) {
          LabelAnswer expected = label(whole.answer(List.of(requests.get(i))).get(0));
          assertThat(label(outcomes.get(i)).probability())
              .isCloseTo(expected.probability(), within(1e-5));
        }
      }
    }
  }

  private static LabelAnswer label(Outcome outcome) {
    return outcome.orElseThrow().oneLabel().orElseThrow();
  }

  /** Packs in memory go on while the source is away; others are unavailable, and come back. */
  @Test
  void aSourceMayGoAndReturn() {
    AtomicInteger asked = new AtomicInteger();
    boolean[] away = new boolean[1];
    PackSource source =
        new PackSource() {
          @Override
          public Optional<Path> folder(String name) {
            asked.incrementAndGet();
            if (away[0]) {
              throw new UncheckedIOException(new IOException("the registry is away"));
            }
            return Optional.of(temp.resolve(name)).filter(Files::isDirectory);
          }

          @Override
          public List<String> names() {
            return List.of("mood", "topic");
          }
        };
    try (Predictor predictor =
        Predictor.open(
            TinyModel.bert(),
            PredictorOptions.standard().withPrecision(Precision.FP32).withSource(source))) {
      assertThat(predictor.tasks()).containsExactly("mood", "topic");
      Outcome mood = predictor.answer(List.of(Request.of("mood", "a dog"))).get(0);
      assertThat(mood.answer()).isPresent();
      away[0] = true;
      List<Outcome> outcomes =
          predictor.answer(List.of(Request.of("topic", "a dog"), Request.of("mood", "a dog")));
      Outcome.Failed failed = outcomes.get(0).failure().orElseThrow();
      assertThat(failed.problem()).isEqualTo(Problem.UNAVAILABLE);
      assertThat(failed.isBadInput()).isFalse();
      assertThat(failed.reason()).contains("the registry is away");
      assertThat(outcomes.get(1)).isEqualTo(mood);
      away[0] = false;
      asked.set(0);
      outcomes =
          predictor.answer(
              List.of(
                  Request.of("topic", "a dog"),
                  Request.of("topic", "a fox"),
                  Request.of("nowhere", "a dog")));
      assertThat(asked).hasValue(2); // once for topic, which was then there
      assertThat(outcomes.get(0).answer()).isPresent();
      assertThat(outcomes.get(2).failure().orElseThrow().problem()).isEqualTo(Problem.UNKNOWN_TASK);
      predictor.remove("mood");
      assertThat(predictor.answer(List.of(Request.of("mood", "a dog"))).get(0)).isEqualTo(mood);
      assertThat(predictor.facts("mood").orElseThrow().method()).isEqualTo("p-tuning-v2");
    }
  }

  /**
   * What the limit drops is loaded again, and answers as before; the bytes are those of tensors.
   */
  @Test
  void packsBeyondTheLimitAnswerAsOthers() {
    BackboneSpec spec;
    try (Backbone backbone =
        BackboneFamilies.standard().load(ModelFolder.open(TinyModel.bert()), Engine.reference())) {
      spec = backbone.spec();
    }
    // Keys and values of P = 3 in all layers, and a classifier of two labels; in fp32, once.
    long mood = 4L * (3L * spec.layers() * spec.prefixWidth() + 2L * (spec.hidden() + 1));
    long topic = 4L * (5L * spec.layers() * spec.prefixWidth() + 2L * (spec.hidden() + 1));
    PredictorOptions options = PredictorOptions.standard().withPrecision(Precision.FP32);
    try (Predictor roomy = Predictor.open(TinyModel.bert(), options);
        Predictor tight = Predictor.open(TinyModel.bert(), options.withPackBytes(topic + 1))) {
      for (Predictor each : List.of(roomy, tight)) {
        each.add("mood", temp.resolve("mood"));
        each.add("topic", temp.resolve("topic"));
      }
      assertThat(roomy.residency().bytes()).isEqualTo(mood + topic);
      assertThat(roomy.residency().tasks())
          .containsExactly(
              new Residency.Resident("mood", mood, 0), new Residency.Resident("topic", topic, 0));
      assertThat(tight.residency().bytes()).isEqualTo(topic);
      for (int i = 0; i < 3; i++) {
        for (String task : List.of("mood", "topic")) {
          List<Request> one = List.of(Request.of(task, "the fox " + i));
          assertThat(tight.answer(one)).isEqualTo(roomy.answer(one));
          assertThat(tight.residency().tasks()).hasSize(1);
        }
      }
      assertThat(tight.residency().loads()).isEqualTo(2 + 6);
      assertThat(tight.tasks()).containsExactly("mood", "topic");
    }
  }
}
