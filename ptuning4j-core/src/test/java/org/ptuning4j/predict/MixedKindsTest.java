package org.ptuning4j.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.TinyModel;
import org.ptuning4j.data.BadRowPolicy;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Examples;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.initialisation.SoftTokenInitialisation;
import org.ptuning4j.prompt.method.FullFineTuning;
import org.ptuning4j.prompt.method.PTuning;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.prompt.method.PromptTuning;
import org.ptuning4j.prompt.method.SoftPrompts;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.LabelledTask;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.cloze.ClozeTask;
import org.ptuning4j.task.standard.Tasks;
import org.ptuning4j.task.template.Cloze;
import org.ptuning4j.task.template.ClozeTemplate;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.train.Training;
import org.ptuning4j.train.TrainingData;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.run.TrainingListener;

/**
 * Tasks of every kind, over prompts of every form, in one batch: each answer is what it would be
 * alone, and what the trainer saw.
 */
class MixedKindsTest {

  @TempDir static Path temp;

  private static final Map<String, Task<?>> TRAINED = new LinkedHashMap<>();
  private static final Map<String, Path> FILES = new LinkedHashMap<>();
  private static final Map<String, Map<String, Double>> BEST = new LinkedHashMap<>();
  private static Predictor predictor;

  @BeforeAll
  static void train() {
    Tasks tasks = Tasks.standard();
    train("deep", tasks.get("cb"), "cb.jsonl", PTuningV2.asPublished(5));
    train(
        "prefix",
        tasks.get("sst2"),
        "sst2.tsv",
        new PromptTuning(3, SoftTokenInitialisation.uniform()));
    train(
        "choice",
        tasks.get("copa"),
        "copa.jsonl",
        new SoftPrompts(2, SoftTokenInitialisation.uniform(), true));
    train(
        "entities",
        tasks.get("conll03"),
        "ner.conll",
        new PromptTuning(4, SoftTokenInitialisation.uniform()));
    train("roles", tasks.get("srl"), "roles.jsonl", PTuningV2.asPublished(3));
    train(
        "questions",
        tasks.get("squad2"),
        "squad.json",
        new PromptTuning(2, SoftTokenInitialisation.uniform()));
    train("options", tasks.get("multirc"), "multirc.jsonl", PTuningV2.asPublished(2));
    LabelledTask<?> rte = (LabelledTask<?>) tasks.get("rte");
    Map<String, List<String>> words =
        Map.of("entailment", List.of("fox"), "not_entailment", List.of("dog", "the"));
    Cloze cloze = new Cloze(ClozeTemplate.parse("{text_a} {soft:2} {mask} {soft} {text_b}"), words);
    train("cloze", ClozeTask.of(rte, cloze), "rte.jsonl", PTuning.ofLength(3));
    Cloze single =
        new Cloze(
            ClozeTemplate.parse("{text_a} {soft:2} {mask} {text_b}"),
            Map.of("entailment", List.of("the"), "not_entailment", List.of("an")));
    train(
        "calibrated",
        ClozeTask.of(rte, single).calibrated(),
        "rte.jsonl",
        new PromptTuning(2, SoftTokenInitialisation.uniform()));
    train("own-model", ClozeTask.of(rte, single), "rte.jsonl", new FullFineTuning());
    predictor = Predictor.open(TinyModel.bert(), Precision.FP32);
    TRAINED.keySet().forEach(name -> predictor.add(name, temp.resolve(name).resolve("pack")));
  }

  private static void train(String name, Task<?> task, String file, PromptMethod method) {
    Path path = example(file);
    TrainingConfig config =
        TrainingConfig.builder()
            .method(method)
            .epochs(3)
            .maxLength(100)
            .learningRate(1e-2)
            .precision(Precision.FP32)
            .build();
    TrainingData data = new TrainingData(path, path, BadRowPolicy.REFUSE);
    BEST.put(
        name,
        new Training(TinyModel.bert(), task, config)
            .run(data, temp.resolve(name), TrainingListener.silent())
            .best());
    TRAINED.put(name, task);
    FILES.put(name, path);
  }

  private static Path example(String file) {
    try {
      return Path.of(Tasks.class.getResource("/org/ptuning4j/examples/" + file).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  @AfterAll
  static void close() {
    predictor.close();
  }

  @Test
  void anAnswerDoesNotDependOnTheOthersInItsBatch() {
    List<Request> requests = new ArrayList<>();
    TRAINED.forEach(
        (name, task) ->
            task.readUnlabelled(FILES.get(name))
                .examples()
                .forEach(example -> requests.add(Request.of(name, example))));
    Collections.shuffle(requests, new Random(5));
    List<Answer> together = predictor.answer(requests).stream().map(Outcome::orElseThrow).toList();
    for (int i = 0; i < requests.size(); i++) {
      Answer alone = predictor.answer(requests.get(i));
      assertSame(requests.get(i).task(), fields(together.get(i)), fields(alone));
    }
  }

  /**
   * What an answer says, but for whether a question has one: this hardly trained model gives all
   * questions nearly the score at which that is decided.
   */
  private static Map<String, Object> fields(Answer answer) {
    Map<String, Object> fields = new LinkedHashMap<>(answer.fields());
    if (fields.containsKey("null_score")) {
      fields.keySet().retainAll(List.of("null_score", "candidates"));
    }
    return fields;
  }

  @Test
  void aClozeTakesTextsAsItsTaskDoes() {
    Answer answer = predictor.answer(Request.of("cloze", "The fox sleeps.", "It rests."));
    assertThat(answer.text()).isIn("entailment", "not_entailment");
    assertThatThrownBy(() -> predictor.answer(Request.of("cloze", "The fox sleeps.")))
        .hasMessage("task 'cloze': it takes two texts (text, pair), and there is only one");
    assertThatThrownBy(() -> predictor.answer(Request.of("entities", "One.", "Two.")))
        .hasMessageContaining("task 'entities': it takes one text, and there are two");
  }

  @Test
  void theEvaluatorMeasuresWhatTheTrainerDid() {
    for (String name : TRAINED.keySet()) {
      Examples<? extends Example> examples = predictor.task(name).read(FILES.get(name));
      Map<String, Double> now =
          Evaluator.evaluate(predictor, name, examples.examples()).scores().metrics();
      assertThat(now).as(name).isEqualTo(BEST.get(name));
    }
  }

  private static void assertSame(String task, Object found, Object expected) {
    if (expected instanceof Double number) {
      assertThat((Double) found).as(task).isCloseTo(number, within(1e-4));
    } else if (expected instanceof Map<?, ?> map) {
      assertThat(((Map<?, ?>) found).keySet()).as(task).isEqualTo(map.keySet());
      map.forEach((key, value) -> assertSame(task, ((Map<?, ?>) found).get(key), value));
    } else if (expected instanceof List<?> list) {
      assertThat((List<?>) found).as(task).hasSameSizeAs(list);
      for (int i = 0; i < list.size(); i++) {
        assertSame(task, ((List<?>) found).get(i), list.get(i));
      }
    } else {
      assertThat(found).as(task).isEqualTo(expected);
    }
  }
}
