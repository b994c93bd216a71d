package org.ptuning4j.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.head.SequenceInput;
import org.ptuning4j.pack.Ensemble;
import org.ptuning4j.pack.Pack;
import org.ptuning4j.pack.TestPacks;
import org.ptuning4j.pack.TestPacks.Form;
import org.ptuning4j.prompt.form.PositionConvention;
import org.ptuning4j.task.LabelAnswer;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.text.TextTokenizer;

/** Several packs as one: the mean of their scores, beside other tasks. */
class EnsembleTest {

  private static final List<String> TEXTS =
      List.of(
          "the quick brown fox jumps over the lazy dog", "pizza", "the capital in France", "lazy");

  @TempDir static Path temp;

  @BeforeAll
  static void save() {
    try (Backbone backbone =
        BackboneFamilies.standard().load(ModelFolder.open(TinyModel.bert()), Engine.reference())) {
      TestPacks packs = new TestPacks(backbone);
      packs.save(temp.resolve("a"), form(3, "all", 3), 1);
      packs.save(temp.resolve("b"), form(7, "top:1", 3), 2);
      packs.save(temp.resolve("c"), form(0, "all", 3), 3);
      packs.save(temp.resolve("two-labels"), form(3, "all", 2), 4);
      packs.saveFineTuned(temp.resolve("tuned"), TinyModel.bert(), 5);
    }
    try (Backbone other =
        BackboneFamilies.standard()
            .load(ModelFolder.open(TinyModel.folder("roberta")), Engine.reference())) {
      new TestPacks(other).save(temp.resolve("foreign"), form(3, "all", 3), 6);
    }
    saveEnsemble("abc", "a", "b", "c");
  }

  private static Form form(int length, String layers, int labels) {
    return new Form(
        length, layers, PositionConvention.UNSHIFTED, SequenceInput.POOLER, labels, false);
  }

  private static Pack saveEnsemble(String name, String... members) {
    try (TextTokenizer tokenizer = TextTokenizer.open(TinyModel.bert())) {
      Ensemble ensemble =
          Ensemble.of(
              Stream.of(members).map(member -> Pack.open(temp.resolve(member))).toList(),
              tokenizer);
      return ensemble.save(temp.resolve(name), ensemble.task(), Map.of("accuracy", 0.5));
    }
  }

  private static Predictor predictor(String... names) {
    Predictor predictor = Predictor.open(TinyModel.bert(), Precision.FP32);
    Stream.of(names).forEach(name -> predictor.add(name, temp.resolve(name)));
    return predictor;
  }

  private static Map<String, Double> ask(Predictor predictor, String task, String text) {
    LabelAnswer answer = predictor.answer(Request.of(task, text)).oneLabel().orElseThrow();
    return answer.probabilities();
  }

  /** The mean of logits is the normalised geometric mean of probabilities. */
  private static Map<String, Double> geometricMean(List<Map<String, Double>> members) {
    Map<String, Double> mean = new LinkedHashMap<>();
    for (String label : members.get(0).keySet()) {
      double logs = members.stream().mapToDouble(each -> Math.log(each.get(label))).sum();
      mean.put(label, Math.exp(logs / members.size()));
    }
    double sum = mean.values().stream().mapToDouble(each -> each).sum();
    mean.replaceAll((label, value) -> value / sum);
    return mean;
  }

  @Test
  void itsScoresAreTheMeanOfItsMembers() {
    try (Predictor predictor = predictor("a", "b", "c", "abc")) {
      for (String text : TEXTS) {
        List<Map<String, Double>> members = new ArrayList<>();
        for (String name : List.of("a", "b", "c")) {
          members.add(ask(predictor, name, text));
        }
        Map<String, Double> expected = geometricMean(members);
        ask(predictor, "abc", text)
            .forEach(
                (label, value) ->
                    assertThat(value)
                        .as(text + ": " + label)
                        .isCloseTo(expected.get(label), within(2e-5)));
        assertThat(members.get(0)).isNotEqualTo(members.get(1)); // or the mean would be either
      }
    }
  }

  @Test
  void itIsAnsweredAmongOtherTasksAsAlone() {
    List<Request> requests = new ArrayList<>();
    for (String text : TEXTS) {
      Stream.of("a", "abc", "two-labels", "abc").forEach(t -> requests.add(Request.of(t, text)));
    }
    try (Predictor predictor = predictor("a", "two-labels", "abc");
        Predictor alone = predictor("a", "two-labels", "abc")) {
      List<Outcome> together = predictor.answer(requests);
      for (int i = 0; i < requests.size(); i++) {
        Map<String, Double> own =
            alone.answer(requests.get(i)).oneLabel().orElseThrow().probabilities();
        together
            .get(i)
            .orElseThrow()
            .oneLabel()
            .orElseThrow()
            .probabilities()
            .forEach((label, value) -> assertThat(value).isCloseTo(own.get(label), within(2e-5)));
      }
    }
  }

  @Test
  void anEnsembleMayBeAMemberWithAllItsPrompts() {
    Pack nested = saveEnsemble("nested", "abc", "a");
    assertThat(nested.isEnsemble()).isTrue();
    assertThat(nested.members()).hasSize(4);
    saveEnsemble("flat", "a", "b", "c", "a");
    try (Predictor predictor = predictor("nested", "flat")) {
      for (String text : TEXTS) {
        assertThat(ask(predictor, "nested", text)).isEqualTo(ask(predictor, "flat", text));
      }
    }
  }

  @Test
  void whatItsMembersTakeIsCounted() {
    try (Predictor one = predictor("a");
        Predictor several = predictor("abc")) {
      assertThat(several.residency().bytes()).isGreaterThan(one.residency().bytes());
    }
  }

  @Test
  void whatFitsNotIsRefusedWithTheDifference() {
    refused("another task than", "a", "two-labels");
    refused("labels is [", "a", "two-labels");
    refused("brings a model of its own (", "tuned", "tuned");
    refused("another backbone than", "a", "foreign");
    refused("two packs at least", "a");
  }

  private static void refused(String message, String... members) {
    assertThatThrownBy(() -> saveEnsemble("refused", members))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message);
    assertThat(temp.resolve("refused")).doesNotExist();
  }

  @Test
  void whereOnePromptIsAskedForItIsRefused() {
    try (Backbone backbone =
        BackboneFamilies.standard().load(ModelFolder.open(TinyModel.bert()), Engine.reference())) {
      Pack pack = Pack.open(temp.resolve("abc"));
      assertThatThrownBy(() -> pack.prompt(backbone))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("is an ensemble of 3 prompts");
    }
  }

  /** A description whose members are not those of the tensors is found when it is opened. */
  @Test
  void membersThatAreMissingOrTooManyAreFound() throws IOException {
    damaged("members: 1; an ensemble has two", members -> shorten(members, 1));
    damaged("tensors that are not expected", members -> shorten(members, 2));
    damaged("members[1].head is missing", members -> ((ObjectNode) members.get(1)).remove("head"));
    damaged("members[2] is missing", members -> members.setNull(2));
    damaged("prompt is missing, but there are", m -> ((ObjectNode) m.get(0)).putNull("prompt"));
  }

  private static void shorten(ArrayNode members, int size) {
    while (members.size() > size) {
      members.remove(members.size() - 1);
    }
  }

  /** What is done to a list of members. */
  @FunctionalInterface
  private interface Damage {
    void to(ArrayNode members);
  }

  private static void damaged(String message, Damage damage) throws IOException {
    Path copy = temp.resolve("damaged");
    Files.createDirectories(copy);
    Path tensors = copy.resolve("prompt.safetensors");
    Files.write(tensors, Files.readAllBytes(temp.resolve("abc/prompt.safetensors")));
    ObjectMapper json = new ObjectMapper();
    JsonNode facts = json.readTree(temp.resolve("abc/prompt.json").toFile());
    damage.to((ArrayNode) facts.get("members"));
    json.writeValue(copy.resolve("prompt.json").toFile(), facts);
    assertThatThrownBy(() -> Pack.open(copy))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message);
  }
}
