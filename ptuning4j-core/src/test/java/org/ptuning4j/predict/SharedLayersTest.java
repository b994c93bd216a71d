package org.ptuning4j.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.Message;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.head.SequenceInput;
import org.ptuning4j.pack.TestPacks;
import org.ptuning4j.pack.TestPacks.Form;
import org.ptuning4j.prompt.form.PositionConvention;
import org.ptuning4j.task.LabelAnswer;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.Precision;

/** Several tasks about one text: what each says alone, and how many layers they share. */
class SharedLayersTest {

  @TempDir static Path temp;

  private static Predictor predictor;

  @BeforeAll
  static void open() {
    predictor = Predictor.open(TinyModel.bert(), Precision.FP32);
    try (Backbone backbone =
        BackboneFamilies.standard().load(ModelFolder.open(TinyModel.bert()), Engine.reference())) {
      TestPacks packs = new TestPacks(backbone);
      PositionConvention unshifted = PositionConvention.UNSHIFTED;
      PositionConvention shifted = PositionConvention.SHIFTED;
      packs.save(temp.resolve("one"), form(3, "top:1", unshifted, false), 1);
      packs.save(temp.resolve("two"), form(7, "top:1", unshifted, false), 2);
      packs.save(temp.resolve("three"), form(5, "top:2", shifted, false), 3);
      packs.save(temp.resolve("whole"), form(3, "all", unshifted, false), 4);
      packs.save(temp.resolve("pair"), form(3, "top:1", unshifted, true), 5);
      packs.saveFineTuned(temp.resolve("tuned"), TinyModel.bert(), 6);
    }
    for (String name : List.of("one", "two", "three", "whole", "pair", "tuned")) {
      predictor.add(name, temp.resolve(name));
    }
  }

  private static Form form(int length, String layers, PositionConvention positions, boolean pair) {
    return new Form(length, layers, positions, SequenceInput.FIRST_TOKEN, 3, pair);
  }

  @AfterAll
  static void close() {
    predictor.close();
  }

  private static List<String> remarks(SharedLayers shared) {
    return shared.remarks().stream().map(Message::toString).toList();
  }

  @Test
  void tasksAboveUnshiftedTextsShareWhatIsBelow() {
    SharedLayers shared = predictor.sharedLayers(List.of("one", "two"));
    assertThat(shared).isEqualTo(new SharedLayers(3, 2, List.of()));
  }

  @Test
  void itIsSaidWhatKeepsTasksFromSharing() {
    SharedLayers shifted = predictor.sharedLayers(List.of("one", "two", "three"));
    assertThat(shifted.shared()).isEqualTo(1);
    assertThat(remarks(shifted))
        .singleElement()
        .asString()
        .contains("at 0: one, two; at 5: three")
        .contains("positions unshifted");
    SharedLayers nothing = predictor.sharedLayers(List.of("one", "three"));
    assertThat(nothing.shared()).isZero();
    assertThat(remarks(nothing)).hasSize(1);
    SharedLayers whole = predictor.sharedLayers(List.of("one", "two", "whole", "tuned"));
    assertThat(whole.shared()).isEqualTo(2);
    assertThat(remarks(whole))
        .hasSize(2)
        .anyMatch(each -> each.startsWith("task 'whole' has its prompt at the input or"))
        .anyMatch(each -> each.startsWith("task 'tuned' brings a model of its own"));
    assertThatThrownBy(() -> predictor.sharedLayers(List.of("one", "nowhere")))
        .isInstanceOf(InvalidInputException.class);
  }

  /** One that takes a pair fails alone. */
  @Test
  void allTasksAreAskedAboutOneText() {
    List<Request> requests =
        predictor.requests(List.of(Request.ALL_TASKS), Input.of("the quick brown fox"));
    assertThat(requests.stream().map(Request::task))
        .containsExactly("one", "two", "three", "whole", "pair", "tuned");
    List<Outcome> outcomes = predictor.answer(requests);
    for (int i = 0; i < requests.size(); i++) {
      if (requests.get(i).task().equals("pair")) {
        assertThat(outcomes.get(i).failure().orElseThrow().problem())
            .isEqualTo(Problem.UNUSABLE_INPUT);
      } else {
        assertClose(outcomes.get(i), predictor.answer(List.of(requests.get(i))).get(0));
      }
    }
    assertThat(predictor.requests(List.of("two", Request.ALL_TASKS), Input.of("a")))
        .extracting(Request::task)
        .containsExactly("two", "one", "three", "whole", "pair", "tuned");
    assertThatThrownBy(() -> predictor.add("*", temp.resolve("one")))
        .isInstanceOf(InvalidInputException.class);
  }

  /** Those that share are computed apart from those that would keep them from it. */
  @Test
  void otherTasksDoNotKeepTextsFromBeingShared() {
    List<Request> requests = new ArrayList<>();
    for (String text : List.of("pizza", "the lazy dog", "a fox in France")) {
      requests.addAll(predictor.requests(List.of("one", "two", "three", "whole"), Input.of(text)));
    }
    requests.add(Request.of("one", "only this one asks"));
    List<Integer> rows = new ArrayList<>();
    List<ReadRequest> read = requests.stream().map(predictor::read).toList();
    List<Outcome> outcomes = predictor.answerRead(read, (count, tokens, places) -> rows.add(count));
    read.forEach(ReadRequest::close);
    assertThat(rows).containsExactlyInAnyOrder(6, 7); // one and two; the others
    for (int i = 0; i < requests.size(); i++) {
      assertClose(outcomes.get(i), predictor.answer(List.of(requests.get(i))).get(0));
    }
  }

  private static void assertClose(Outcome found, Outcome expected) {
    Map<String, Double> alone = label(expected).probabilities();
    label(found)
        .probabilities()
        .forEach((label, p) -> assertThat(p).isCloseTo(alone.get(label), within(1e-5)));
  }

  private static LabelAnswer label(Outcome outcome) {
    return outcome.orElseThrow().oneLabel().orElseThrow();
  }
}
