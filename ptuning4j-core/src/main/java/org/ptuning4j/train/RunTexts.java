package org.ptuning4j.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneOutput;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.KeysAndValues;
import org.ptuning4j.backbone.LayerPrefix;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.data.Example;
import org.ptuning4j.head.Item;
import org.ptuning4j.prompt.PromptTexts;
import org.ptuning4j.prompt.form.DeepPrompt;
import org.ptuning4j.task.ExampleContent;
import org.ptuning4j.task.Task;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.text.Encoding;
import org.ptuning4j.text.Truncation;
import org.ptuning4j.train.run.TrainingListener;

/**
 * The texts of a run from which its prompt may start.
 *
 * @param run the run
 * @param listener is told how the prompt starts
 */
record RunTexts(PreparedRun run, TrainingListener listener) implements PromptTexts {

  @Override
  public List<String> labels() {
    return run.tasks().stream()
        .flatMap(part -> labelWords(part.task().task()).values().stream())
        .toList();
  }

  private static Map<String, String> labelWords(Task<?> task) {
    Map<String, String> words = task.labelWords();
    if (words.isEmpty()) {
      throw InvalidInputException.of(
          "init: the prompt is to start from labels, and task '%s' (%s) has none; text:WORDS starts"
              + " from a text of your own",
          task.name(), task.kind());
    }
    return words;
  }

  @Override
  public List<LabelledText> examples() {
    List<LabelledText> all = new ArrayList<>();
    run.tasks().forEach(part -> all.addAll(examples(part)));
    return all;
  }

  private static <E extends Example> List<LabelledText> examples(EncodedTask<E> part) {
    Task<E> task = part.task().task();
    List<LabelledText> found = new ArrayList<>();
    labelWords(task)
        .forEach(
            (label, words) ->
                part.train().examples().stream()
                    .map(task::content)
                    .filter(content -> content.labels().contains(label))
                    .findFirst()
                    .map(content -> new LabelledText(text(content), words))
                    .ifPresent(found::add));
    return found;
  }

  private static String text(ExampleContent content) {
    return String.join(" ", content.texts());
  }

  @Override
  public List<int[]> rows(int most) {
    List<Item> items = run.tasks().stream().flatMap(part -> part.train().items().stream()).toList();
    int count = Math.min(most, items.size());
    return IntStream.range(0, count)
        .mapToObj(i -> items.get((int) ((long) i * items.size() / count)))
        .map(item -> words(item.rows().get(0)))
        .toList();
  }

  private static int[] words(TokenRow row) {
    return Arrays.stream(row.words()).map(place -> row.ids()[place]).toArray();
  }

  @Override
  public int[] before() {
    Encoding word = word();
    return Arrays.copyOf(word.ids(), firstOfText(word));
  }

  @Override
  public int[] after() {
    Encoding word = word();
    int end = firstOfText(word);
    while (end < word.length() && !word.isSpecial(end)) {
      end++;
    }
    return Arrays.copyOfRange(word.ids(), end, word.length());
  }

  private Encoding word() {
    return run.tokenizer().encode("a", null, Truncation.none());
  }

  private static int firstOfText(Encoding encoding) {
    int first = 0;
    while (first < encoding.length() && encoding.isSpecial(first)) {
      first++;
    }
    return first;
  }

  @Override
  public Tensor keysAndValues(int[] ids) {
    Backbone backbone = run.backbone();
    TokenRow row = backbone.spec().direction().throughout(ids);
    TokenBatch tokens = TokenBatch.of(List.of(row), run.tokenizer().padId());
    ForwardOptions options = ForwardOptions.evaluation(Positions.ANCHOR).with(KeysAndValues.TEXT);
    return Scope.keep(
        () ->
            Autograd.inference(
                () -> {
                  BackboneOutput output = backbone.forward(tokens, Injection.none(), options);
                  return DeepPrompt.matrix(inOrder(output.past()), 0)
                      .to(Dtype.F32.scalarType())
                      .cpu();
                }));
  }

  private static List<LayerPrefix> inOrder(Map<Integer, LayerPrefix> layers) {
    return List.copyOf(new TreeMap<>(layers).values());
  }

  @Override
  public void remark(String sentence) {
    listener.noted(sentence);
  }
}
