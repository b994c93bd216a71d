package org.ptuning4j.task.check;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.TextExample;
import org.ptuning4j.data.table.Table;
import org.ptuning4j.data.table.TableFormat;
import org.ptuning4j.data.table.TableReader;
import org.ptuning4j.head.Item;
import org.ptuning4j.task.ExampleFacts;
import org.ptuning4j.task.Preparation;
import org.ptuning4j.task.PreparedTask;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.text.TextTokenizer;
import org.ptuning4j.text.Truncation;

/** Looks at a file with the eyes of a task of any kind; see {@link DataCheck}. */
final class GeneralCheck {

  /** How readers say that an answer is not there. */
  private static final Pattern ABSENT = Pattern.compile("missing|empty|no (label|tag|answer)");

  private GeneralCheck() {}

  static <E extends Example> DataCheck of(Path file, Task<E> task, Optional<ItemEncoder> encoder) {
    Examples<E> examples = labelledOrNot(file, task);
    Optional<PreparedTask<E>> known =
        encoder.flatMap(with -> prepared(task, examples, with.tokenizer()));
    List<E> each = examples.examples();
    List<ExampleFacts> facts = each.stream().map(task::facts).toList();
    Inputs inputs = Inputs.of(texts(each, facts));
    MeasuredLengths lengths = lengths(known, each, facts, encoder);
    DataCheck.Cut cut = encoder.map(with -> lengths.cut(with.maxLength())).orElse(null);
    DataCheck.TaskFacts found =
        new DataCheck.TaskFacts(
            task.name(),
            each.size(),
            0,
            labelCounts(task, facts),
            lengths.summary(encoder.isPresent() ? "tokens" : "words"),
            cut,
            inputs.repeats(),
            inputs.conflicts(),
            known.map(asked -> sequences(asked, each, encoder.get())).orElse(null));
    List<String> advice = new ArrayList<>();
    if (!each.isEmpty() && facts.stream().noneMatch(ExampleFacts::answered)) {
      advice.add("no answer is known: the file is for prediction only");
    }
    advice.addAll(DataCheck.adviceOnRepeats(found));
    if (cut != null && !areWindows(found)) { // windows cut nothing off
      advice.addAll(DataCheck.adviceOnCut(lengths, cut));
    }
    return check(file, examples, found, advice);
  }

  /** As labelled data where it has answers that can be used, else as data to predict on. */
  private static <E extends Example> Examples<E> labelledOrNot(Path file, Task<E> task) {
    Examples<E> unlabelled = task.readUnlabelled(file);
    try {
      Examples<E> labelled = task.read(file);
      return lacksAnswers(labelled, unlabelled) ? unlabelled : labelled;
    } catch (InvalidInputException e) {
      return unlabelled; // which can be read, so the answers are all that it lacks
    }
  }

  /** Whether all that is wrong with the labelled rows is that none has an answer. */
  private static boolean lacksAnswers(Examples<?> labelled, Examples<?> unlabelled) {
    if (!labelled.examples().isEmpty() || unlabelled.examples().isEmpty()) {
      return false;
    }
    Set<Integer> bad = unlabelled.badRows().stream().map(BadRow::line).collect(Collectors.toSet());
    List<String> causes =
        labelled.badRows().stream()
            .filter(row -> !bad.contains(row.line()))
            .map(BadRow::cause)
            .distinct()
            .toList();
    return causes.size() <= 1 && causes.stream().allMatch(ABSENT.asPredicate());
  }

  private static boolean areWindows(DataCheck.TaskFacts found) {
    return found.sequences() != null && found.sequences().total() != found.examples();
  }

  /** The task with the file's labels; none where a file for prediction teaches too little. */
  private static <E extends Example> Optional<PreparedTask<E>> prepared(
      Task<E> task, Examples<E> examples, TextTokenizer tokenizer) {
    try {
      return Optional.of(task.prepare(Preparation.of(examples, tokenizer, true)));
    } catch (InvalidInputException e) {
      return Optional.empty(); // it can be looked at all the same
    }
  }

  private static <E extends Example> List<TextExample> texts(
      List<E> examples, List<ExampleFacts> facts) {
    return IntStream.range(0, examples.size())
        .filter(i -> !facts.get(i).input().isBlank())
        .mapToObj(
            i ->
                new TextExample(
                    examples.get(i).line(),
                    facts.get(i).input(),
                    null,
                    facts.get(i).labels().isEmpty()
                        ? null
                        : String.join(", ", facts.get(i).labels())))
        .toList();
  }

  private static <E extends Example> MeasuredLengths lengths(
      Optional<PreparedTask<E>> task,
      List<E> examples,
      List<ExampleFacts> facts,
      Optional<ItemEncoder> encoder) {
    // Long enough for any text, and short enough to reckon with.
    Optional<ItemEncoder> whole = encoder.map(with -> new ItemEncoder(with.tokenizer(), 1 << 24));
    IdentityHashMap<E, Integer> lengths = new IdentityHashMap<>();
    for (int i = 0; i < examples.size(); i++) {
      E example = examples.get(i);
      ExampleFacts own = facts.get(i);
      lengths.put(
          example,
          whole
              .map(with -> task.map(t -> longest(t, example, with)).orElse(tokens(own, with)))
              .orElse(own.texts().stream().mapToInt(DataCheck::words).sum()));
    }
    return MeasuredLengths.of(examples, lengths::get);
  }

  private static <E extends Example> int longest(
      PreparedTask<E> task, E example, ItemEncoder whole) {
    return task.items(example, whole).stream().mapToInt(Item::longest).max().orElse(0);
  }

  /** The tokens of a text with its second one, or with the longest of several. */
  private static int tokens(ExampleFacts facts, ItemEncoder whole) {
    List<String> texts = facts.texts();
    if (texts.isEmpty()) {
      return 0;
    }
    Truncation.Strategy strategy = Truncation.Strategy.NONE;
    return texts.subList(1, texts.size()).stream()
        .mapToInt(other -> whole.row(texts.get(0), other, strategy).length())
        .max()
        .orElseGet(() -> whole.row(texts.get(0), null, strategy).length());
  }

  private static <E extends Example> DataCheck.Sequences sequences(
      PreparedTask<E> task, List<E> examples, ItemEncoder encoder) {
    int[] rows =
        examples.stream()
            .mapToInt(
                example ->
                    task.items(example, encoder).stream()
                        .mapToInt(item -> item.rows().size())
                        .sum())
            .toArray();
    return new DataCheck.Sequences(
        IntStream.of(rows).sum(),
        IntStream.of(rows).average().orElse(0),
        IntStream.of(rows).max().orElse(0));
  }

  private static List<DataCheck.LabelCount> labelCounts(Task<?> task, List<ExampleFacts> facts) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    task.labelled().ifPresent(own -> own.labels().forEach(label -> counts.put(label, 0)));
    Map<String, Integer> found = new TreeMap<>();
    facts.forEach(one -> one.labels().forEach(label -> found.merge(label, 1, Integer::sum)));
    if (found.isEmpty()) {
      return List.of();
    }
    counts.putAll(found);
    double all = found.values().stream().mapToInt(Integer::intValue).sum();
    return counts.entrySet().stream()
        .map(
            label ->
                new DataCheck.LabelCount(
                    label.getKey(), label.getKey(), label.getValue(), label.getValue() / all))
        .toList();
  }

  private static DataCheck check(
      Path file, Examples<?> examples, DataCheck.TaskFacts found, List<String> advice) {
    Optional<Table> table = jsonLines(file);
    return new DataCheck(
        file.toString(),
        table.map(known -> known.format().name()).orElseGet(() -> ending(file)),
        examples.fingerprint(),
        examples.examples().size() + examples.badRows().size(),
        examples.badRows(),
        table
            .map(
                known ->
                    known.columnNames().stream()
                        .map(name -> DataCheck.column(known, name))
                        .toList())
            .orElse(List.of()),
        found,
        List.copyOf(advice));
  }

  /** Only these are known to be tables by their name: word lists are called .tsv, too. */
  private static Optional<Table> jsonLines(Path file) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    return name.endsWith(".jsonl") || name.endsWith(".jsonl.gz")
        ? Optional.of(new TableReader().read(file, TableFormat.JSONL))
        : Optional.empty();
  }

  private static String ending(Path file) {
    String name = file.getFileName().toString();
    return name.substring(name.lastIndexOf('.') + 1).toUpperCase(Locale.ROOT);
  }
}
