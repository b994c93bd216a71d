package org.ptuning4j.backbone.glm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.TinyFamily;
import org.ptuning4j.TinyGlm;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.Direction;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.head.Head;
import org.ptuning4j.head.HeadInput;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.vocabulary.CandidateHeadSpec;
import org.ptuning4j.head.vocabulary.CandidateHeadSpec.Length;
import org.ptuning4j.head.vocabulary.VerbalizerHeadSpec;
import org.ptuning4j.head.vocabulary.VocabularyHeadSpec;
import org.ptuning4j.task.template.ClozeTemplate;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.task.template.RenderedCloze;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.text.TextTokenizer;

/**
 * Choices are scored as the published code scores them, which puts all of them behind one text:
 * each choice sees the text and itself, has the blank's position, and is counted from 1.
 */
class GlmChoicesTest {

  private static final ClozeTemplate TEMPLATE = ClozeTemplate.parse("{text} is located in {mask}.");
  private static final Map<String, String> FIELDS = Map.of("text", "Tsinghua University");
  private static final String TEXT = "[CLS] tsinghua university is located in [MASK] . [SEP]";

  @TempDir static Path temp;

  private static Backbone backbone;
  private static TextTokenizer tokenizer;
  private static GlmReference reference;

  @BeforeAll
  static void load() {
    Path folder = TinyGlm.write(temp);
    backbone = new TinyFamily("glm").load(ModelFolder.open(folder));
    tokenizer = TextTokenizer.open(folder);
    reference = GlmReference.of(folder, 2, 4);
  }

  @AfterAll
  static void close() {
    backbone.close();
    tokenizer.close();
  }

  /** One row of text and all choices, as the published tokenizer builds it. */
  private static double[] published(int[]... choices) {
    int[] text = TinyGlm.ids(TEXT);
    int mask = 6;
    List<Integer> ids = new ArrayList<>();
    List<Integer> positions = new ArrayList<>();
    List<Integer> within = new ArrayList<>();
    List<Integer> choiceOf = new ArrayList<>();
    for (int i = 0; i < text.length; i++) {
      ids.add(text[i]);
      positions.add(i);
      within.add(0);
      choiceOf.add(-1);
    }
    for (int choice = 0; choice < choices.length; choice++) {
      for (int i = 0; i < choices[choice].length; i++) {
        ids.add(i == 0 ? TinyGlm.id("<|startofpiece|>") : choices[choice][i - 1]);
        positions.add(mask);
        within.add(i + 1);
        choiceOf.add(choice);
      }
    }
    int n = ids.size();
    boolean[][] sees = new boolean[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        boolean own = choiceOf.get(j).equals(choiceOf.get(i)) && j <= i;
        sees[i][j] = j < text.length || own;
      }
    }
    double[][] words = ids.stream().map(reference::word).toArray(double[][]::new);
    double[][] states = reference.states(words, ints(positions), ints(within), sees, null);
    double[] scores = new double[choices.length];
    int at = text.length;
    for (int choice = 0; choice < choices.length; choice++) {
      for (int token : choices[choice]) {
        double[] logits = reference.logits(states[at++]);
        double sum = Arrays.stream(logits).map(Math::exp).sum();
        scores[choice] += logits[token] - Math.log(sum);
      }
    }
    return scores;
  }

  private static int[] ints(List<Integer> list) {
    return list.stream().mapToInt(Integer::intValue).toArray();
  }

  private static ItemEncoder encoder() {
    return new ItemEncoder(tokenizer, 64, Direction.INFILLING);
  }

  private static float[] scores(HeadSpec spec, Item item) {
    return Scope.run(
        () -> {
          try (Head head = spec.create(backbone, RandomStream.of(1))) {
            Tensor states =
                backbone
                    .forward(
                        TokenBatch.of(item.rows(), 0),
                        Injection.none(),
                        ForwardOptions.evaluation(head.reads()))
                    .lastHidden();
            HeadInput input = new HeadInput(backbone, states, List.of(item), Dropout.off());
            return head.split(head.scores(input), List.of(item)).get(0);
          }
        });
  }

  @Test
  void candidatesOfSeveralTokens() {
    int[][] choices = {
      TinyGlm.ids("beijing"), TinyGlm.ids("new york university"), TinyGlm.ids("very good")
    };
    double[] expected = published(choices);
    List<RenderedCloze> rendered =
        Arrays.stream(choices).map(each -> TEMPLATE.render(FIELDS, encoder(), each)).toList();
    Item item =
        Item.ofWordings(
            rendered.stream().map(RenderedCloze::row).toList(),
            rendered.stream().map(RenderedCloze::reads).toList(),
            List.of(choices));
    float[] sums = scores(new CandidateHeadSpec(Length.SUM), item);
    float[] means = scores(new CandidateHeadSpec(Length.MEAN), item);
    for (int choice = 0; choice < choices.length; choice++) {
      assertThat((double) sums[choice]).isCloseTo(expected[choice], within(1e-4));
      assertThat((double) means[choice])
          .isCloseTo(expected[choice] / choices[choice].length, within(1e-4));
    }
  }

  /** By default wordings are compared by the probability of the whole, as the paper has it. */
  @Test
  void theWholeCounts() {
    assertThat(CandidateHeadSpec.byDefault(backbone.spec()).length()).isEqualTo(Length.SUM);
    try (Backbone gpt = new TinyFamily("gpt2").load(temp)) {
      assertThat(CandidateHeadSpec.byDefault(gpt.spec()).length()).isEqualTo(Length.MEAN);
    }
  }

  /** Words of one token are read where the filling begins. */
  @Test
  void wordsOfOneToken() {
    int yes = TinyGlm.id("yes");
    int no = TinyGlm.id("no");
    double[] expected = published(new int[] {yes}, new int[] {no});
    Item item = Item.of(TEMPLATE.render(FIELDS, encoder()).row());
    float[] labels =
        scores(new VerbalizerHeadSpec(List.of(List.of(yes), List.of(no)), false), item);
    assertThat((double) labels[0] - labels[1]).isCloseTo(expected[0] - expected[1], within(1e-4));
    float[] words = scores(new VocabularyHeadSpec(List.of(no, yes)), item);
    assertThat((double) words[1] - words[0]).isCloseTo(expected[0] - expected[1], within(1e-4));
  }
}
