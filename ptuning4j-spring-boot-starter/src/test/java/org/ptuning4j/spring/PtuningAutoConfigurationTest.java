package org.ptuning4j.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.predict.Outcome;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.predict.Problem;
import org.ptuning4j.predict.Request;
import org.ptuning4j.predict.batching.Batcher;
import org.ptuning4j.predict.batching.BatcherListener;
import org.ptuning4j.predict.batching.Stages;
import org.ptuning4j.predict.meter.ServingMeters;
import org.ptuning4j.registry.FollowedRegistry;
import org.ptuning4j.registry.PackReference;
import org.ptuning4j.registry.Registry;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.task.text.SequenceClassificationTask;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class PtuningAutoConfigurationTest {

  private static final String GOOD = "The film was wonderful.";

  @TempDir static Path folder;
  private static Path pack;
  private static Path contrary;

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  PtuningAutoConfiguration.class,
                  PtuningHealthAutoConfiguration.class,
                  PtuningMetricsAutoConfiguration.class))
          .withPropertyValues("ptuning4j.model=bert-mini", "ptuning4j.precision=fp32");

  @BeforeAll
  static void train() {
    pack = TinyPacks.train(folder, task("mood"), 15, TinyPacks.rows(label("good"), label("bad")));
    contrary =
        TinyPacks.train(folder, task("contrary"), 15, TinyPacks.rows(label("bad"), label("good")));
  }

  private static SequenceClassificationTask task(String name) {
    return SequenceClassificationTask.onText(name, Template.column("text"), "label");
  }

  private static String label(String label) {
    return "\"label\": \"" + label + "\"";
  }

  private static String answer(Batcher batcher, String task) {
    return batcher.submit(Request.of(task, GOOD)).join().orElseThrow().text();
  }

  @Test
  void packsOfFoldersAreAsked() {
    runner
        .withPropertyValues(
            "ptuning4j.packs.mood=" + pack,
            "ptuning4j.packs.contrary=" + contrary,
            "ptuning4j.pack-memory=64MB",
            "ptuning4j.batching.queue-size=7",
            "ptuning4j.batching.timeout=5s")
        .run(
            context -> {
              assertThat(context).hasSingleBean(Predictor.class).hasSingleBean(Batcher.class);
              assertThat(context).doesNotHaveBean(FollowedRegistry.class);
              Batcher batcher = context.getBean(Batcher.class);
              assertThat(answer(batcher, "mood")).isEqualTo("good");
              assertThat(answer(batcher, "contrary")).isEqualTo("bad");
              assertThat(batcher.settings().capacity()).isEqualTo(7);
              assertThat(batcher.settings().timeout()).isEqualTo(Duration.ofSeconds(5));
              assertThat(context.getBean(Predictor.class).residency().limit()).isEqualTo(64L << 20);
            });
  }

  @Test
  void packsOfARegistryFollowTheirAlias() {
    Registry registry = Registry.openOrCreate(folder.resolve("registry"));
    registry.publish(pack, "mood", "", Optional.empty());
    registry.publish(contrary, "mood", "", Optional.empty());
    registry.promote(PackReference.of("mood", 1), "prod");
    runner
        .withPropertyValues(
            "ptuning4j.registry.folder=" + registry.folder(), "ptuning4j.registry.every=100ms")
        .run(
            context -> {
              Batcher batcher = context.getBean(Batcher.class);
              assertThat(context.getBean(Predictor.class).tasks()).containsExactly("mood");
              assertThat(answer(batcher, "mood")).isEqualTo("good");
              registry.promote(PackReference.of("mood", 2), "prod");
              for (int i = 0; i < 300 && answer(batcher, "mood").equals("good"); i++) {
                Thread.sleep(50);
              }
              assertThat(answer(batcher, "mood")).isEqualTo("bad");
            });
  }

  @Test
  void healthNamesWhatIsReady() throws IOException {
    Registry registry = Registry.openOrCreate(folder.resolve("half damaged"));
    registry.publish(pack, "broken", "", Optional.empty());
    registry.promote(PackReference.of("broken", 1), "prod");
    Path tensors =
        registry.show(PackReference.of("broken", 1)).folder().resolve("prompt.safetensors");
    assertThat(tensors.toFile().setWritable(true)).isTrue();
    Files.writeString(tensors, "damaged", StandardCharsets.UTF_8);
    ApplicationContextRunner damaged =
        runner.withPropertyValues("ptuning4j.registry.folder=" + registry.folder());
    damaged.run(
        context ->
            assertThat(health(context.getBean(HealthIndicator.class)).getStatus())
                .isEqualTo(Status.OUT_OF_SERVICE));
    damaged
        .withPropertyValues("ptuning4j.packs.mood=" + pack)
        .run(
            context -> {
              Health health = health(context.getBean(HealthIndicator.class));
              assertThat(health.getStatus()).isEqualTo(Status.UP);
              assertThat(health.getDetails()).containsEntry("ready", 1);
              assertThat(health.getDetails().get("packs").toString())
                  .contains("mood=ready")
                  .contains("broken=registry: ")
                  .contains("damaged");
            });
    runner.run(
        context ->
            assertThat(health(context.getBean(HealthIndicator.class)).getStatus())
                .isEqualTo(Status.UP));
    damaged
        .withPropertyValues("management.health.ptuning4j.enabled=false")
        .run(context -> assertThat(context).doesNotHaveBean(HealthIndicator.class));
  }

  private static Health health(HealthIndicator indicator) {
    return indicator.health();
  }

  @Test
  void requestsAreMeasuredWhereThereIsARegistryOfMeters() {
    ApplicationContextRunner packs = runner.withPropertyValues("ptuning4j.packs.mood=" + pack);
    packs.run(context -> assertThat(context).doesNotHaveBean(ServingMeters.class));
    packs
        .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
        .run(
            context -> {
              answer(context.getBean(Batcher.class), "mood");
              context.getBean(Batcher.class).close(); // meters are told after the caller
              MeterRegistry meters = context.getBean(MeterRegistry.class);
              assertThat(
                      meters
                          .get("ptuning4j.questions")
                          .tags("task", "mood", "outcome", "answered")
                          .counter()
                          .count())
                  .isEqualTo(1);
              assertThat(meters.get("ptuning4j.packs.resident").gauge().value()).isEqualTo(1);
            });
  }

  /** Actuator and Micrometer are the application's choice. */
  @Test
  void worksWithoutActuatorAndMicrometer() {
    runner
        .withClassLoader(new FilteredClassLoader(MeterRegistry.class, HealthIndicator.class))
        .withPropertyValues("ptuning4j.packs.mood=" + pack)
        .run(
            context ->
                assertThat(answer(context.getBean(Batcher.class), "mood")).isEqualTo("good"));
  }

  @Test
  void anApplicationKeepsItsOwnBeans() {
    try (Predictor own = Predictor.open(TinyPacks.model())) {
      runner
          .withBean(Predictor.class, () -> own, definition -> definition.setDestroyMethodName(""))
          .withPropertyValues("ptuning4j.packs.mood=/there/is/none")
          .run(
              context -> {
                assertThat(context).hasNotFailed();
                assertThat(context.getBean(Predictor.class)).isSameAs(own);
              });
    }
  }

  @Test
  void nothingIsThereWhereItIsTurnedOff() {
    runner
        .withPropertyValues("ptuning4j.enabled=false", "ptuning4j.model=")
        .run(
            context ->
                assertThat(context)
                    .hasNotFailed()
                    .doesNotHaveBean(Predictor.class)
                    .doesNotHaveBean(Batcher.class)
                    .doesNotHaveBean(HealthIndicator.class));
  }

  @Test
  void theEndOfAnApplicationAnswersWhatWasAccepted() {
    Batcher[] batcher = new Batcher[1];
    runner
        .withPropertyValues("ptuning4j.packs.mood=" + pack)
        .run(context -> batcher[0] = context.getBean(Batcher.class));
    Outcome late = batcher[0].submit(Request.of("mood", GOOD)).join();
    assertThat(late.failure().orElseThrow().problem()).isEqualTo(Problem.CLOSED);
  }

  /** Each unusable setting ends the start with a sentence that names it. */
  @Test
  void unusableSettingsAreNamed() {
    Map.of(
            "ptuning4j.model=",
            "ptuning4j.model: no model is named",
            "ptuning4j.packs.run=" + pack.getParent(),
            "is the folder of a training run",
            "ptuning4j.model=no-such-model",
            "ptuning4j.model: ",
            "ptuning4j.precision=fp8",
            "ptuning4j.precision: 'fp8' is not one of auto, fp32",
            "ptuning4j.packs.mood=/there/is/none",
            "ptuning4j.packs.mood: ",
            "ptuning4j.pack-memory=-1MB",
            "ptuning4j.pack-memory: ",
            "ptuning4j.batching.queue-size=0",
            "ptuning4j.batching.queue-size: 0",
            "ptuning4j.batching.timeout=0s",
            "ptuning4j.batching.timeout: PT0S",
            "ptuning4j.registry.folder=/there/is/none",
            "registry: /there/is/none is no registry",
            "ptuning4j.registry.alias=prod",
            "ptuning4j.registry.folder: no folder is named")
        .forEach(this::assertNamed);
  }

  private void assertNamed(String property, String message) {
    runner
        .withPropertyValues(property)
        .run(
            context -> {
              assertThat(context).as(property).hasFailed();
              FailureAnalysis analysis = analysis(context);
              assertThat(analysis.getDescription()).as(property).contains(message);
              assertThat(analysis.getAction()).contains("ptuning4j.");
            });
  }

  private static FailureAnalysis analysis(AssertableApplicationContext context) {
    FailureAnalysis analysis =
        new UnusableSettingFailureAnalyzer().analyze(context.getStartupFailure());
    assertThat(analysis).isNotNull();
    assertThat(analysis.getCause()).isInstanceOf(InvalidInputException.class);
    return analysis;
  }

  @Test
  void aListenerThatFailsDoesNotKeepOthersFromBeingTold() {
    AtomicInteger told = new AtomicInteger();
    BatcherListener counting =
        new BatcherListener() {
          @Override
          public void answered(Request request, Outcome outcome, Stages stages) {
            told.incrementAndGet();
          }
        };
    BatcherListener failing =
        new BatcherListener() {
          @Override
          public void answered(Request request, Outcome outcome, Stages stages) {
            throw new IllegalStateException("for this test");
          }
        };
    runner
        .withBean("failing", BatcherListener.class, () -> failing)
        .withBean("counting", BatcherListener.class, () -> counting)
        .withPropertyValues("ptuning4j.packs.mood=" + pack)
        .run(
            context ->
                assertThat(answer(context.getBean(Batcher.class), "mood")).isEqualTo("good"));
    assertThat(told).hasValue(1);
  }

  /** What editors show: every property with a description and its default. */
  @Test
  void metadataDescribesEveryProperty() throws IOException {
    String metadata;
    try (var in =
        PtuningProperties.class.getResourceAsStream(
            "/META-INF/spring-configuration-metadata.json")) {
      metadata = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    for (String property :
        List.of(
            "enabled",
            "model",
            "precision",
            "packs",
            "pack-memory",
            "registry.folder",
            "registry.alias",
            "registry.trusted-keys",
            "registry.every",
            "batching.queue-size",
            "batching.batch-tokens",
            "batching.timeout",
            "batching.readers")) {
      int at = metadata.indexOf("\"name\": \"ptuning4j." + property + "\"");
      assertThat(at).as(property).isPositive();
      assertThat(metadata.substring(at, metadata.indexOf('}', at)))
          .as(property)
          .contains("\"description\": ");
    }
  }
}
