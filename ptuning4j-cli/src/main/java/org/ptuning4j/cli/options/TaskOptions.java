package org.ptuning4j.cli.options;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.cli.arguments.CommaList;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.task.LabelledTask;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.TaskName;
import org.ptuning4j.task.cloze.ClozeTask;
import org.ptuning4j.task.generation.GenerationTask;
import org.ptuning4j.task.standard.Tasks;
import org.ptuning4j.task.tagging.Decoding;
import org.ptuning4j.task.tagging.TagTask;
import org.ptuning4j.task.template.Cloze;
import org.ptuning4j.task.template.ClozeTemplate;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.task.text.SequenceClassificationTask;
import org.ptuning4j.train.config.TrainingSettings;
import picocli.CommandLine.Option;

/** What is asked: a built-in task, one described in a file, or the columns by name. */
public final class TaskOptions {

  /** The head that is the model's own words. */
  public static final String VERBALIZER = TrainingSettings.VERBALIZER;

  @Option(
      names = "--task",
      paramLabel = "NAME",
      completionCandidates = Choices.TaskNames.class,
      description =
          "A built-in task: ${COMPLETION-CANDIDATES}; or a YAML file that describes your own (see"
              + " `ptune init-task`).")
  public String task;

  @Option(
      names = "--text",
      paramLabel = "COL",
      description =
          "The column with the text, or a template such as \"{title}: {body}\" that makes it.")
  public String text;

  @Option(
      names = "--pair",
      paramLabel = "COL",
      description = "The column (or template) with the second text of a pair.")
  public String pair;

  @Option(names = "--label", paramLabel = "COL", description = "The column with the label.")
  public String label;

  @Option(
      names = "--labels",
      paramLabel = "A,B",
      parameterConsumer = CommaList.class,
      description =
          "The labels, in the order of the head's outputs; a row with any other is a bad row."
              + " Without it they are taken from the training data, sorted. Put a label with"
              + " a comma into double quotes.")
  public List<String> labels = List.of();

  @Option(
      names = "--template",
      paramLabel = "TEXT",
      description =
          "Put the task as a cloze, such as \"{text_a} Question: {text_b}? {soft:3} Answer:"
              + " {mask}.\": columns in braces, soft tokens, one mask, {sep} for a separator."
              + " Default: the task's own, where --head or --method asks for one.")
  public String template;

  @Option(
      names = "--words",
      paramLabel = "L=W|W",
      parameterConsumer = CommaList.class,
      description = "For each label of a cloze the words that mean it in the mask's place.")
  public List<String> words = List.of();

  @Option(
      names = "--calibrate",
      description = "Measure the words' probabilities against those of an input without content.")
  public boolean calibrate;

  @Option(
      names = "--decoding",
      paramLabel = "HOW",
      description =
          "How the tags of a sentence are chosen, instead of the task's own way: viterbi, the best"
              + " valid sequence, or argmax, each word's best, as most published numbers are.")
  public String decoding;

  /** Whether nothing was said. */
  public boolean isEmpty() {
    return task == null && text == null && pair == null && label == null && labels.isEmpty();
  }

  /**
   * The task that was asked for, put as a cloze where the head or the method asks for one.
   *
   * @param name what to call one that is made of columns
   * @param head the value of {@code --head}, or null
   * @param method what is to be trained
   * @param model over which
   */
  public Task<?> choose(String name, String head, PromptMethod method, ModelFolder model) {
    return TrainingSettings.LANGUAGE_MODEL.equals(head)
        ? written(name)
        : put(choose(name), head, method, model);
  }

  /** A task whose answers a decoder writes. */
  private Task<?> written(String name) {
    if (template != null || !words.isEmpty() || calibrate || pair != null || !labels.isEmpty()) {
      throw InvalidInputException.of(
          "head: %s writes texts after a source; leave out --template, --words, --calibrate, --pair"
              + " and --labels",
          TrainingSettings.LANGUAGE_MODEL);
    }
    if (task == null) {
      GenerationTask usual = GenerationTask.standard();
      return GenerationTask.on(
          TaskName.near(name),
          text == null ? usual.columns().text() : Template.of(text),
          label == null ? usual.labelColumn() : label);
    }
    Task<?> chosen = choose(name);
    if (!chosen.kind().equals(GenerationTask.KIND)) {
      throw InvalidInputException.of(
          "head: %s writes texts, and task '%s' is of kind %s; leave it out",
          TrainingSettings.LANGUAGE_MODEL, chosen.name(), chosen.kind());
    }
    return chosen;
  }

  /**
   * A task, put as a cloze where the head or the method asks for one, or where the method is better
   * with one and the model has words to answer with.
   *
   * @param head the value of {@code --head}, or null
   * @param method what is to be trained
   * @param model over which
   * @throws InvalidInputException if it cannot be put so, or the head contradicts it
   */
  public Task<?> put(Task<?> plain, String head, PromptMethod method, ModelFolder model) {
    Task<?> chosen = putAsAsked(plain, head, method, model);
    if (!chosen.hasTemplate() && (calibrate || !words.isEmpty())) {
      throw InvalidInputException.of(
          "%s: the answers of task '%s' come from a linear head here, not from words; add --head %s"
              + " or --template",
          calibrate ? "calibrate" : "words", plain.name(), VERBALIZER);
    }
    return chosen;
  }

  private Task<?> putAsAsked(Task<?> plain, String head, PromptMethod method, ModelFolder model) {
    boolean linear = head != null && !head.equals(VERBALIZER) && !head.equals("auto");
    boolean asked = VERBALIZER.equals(head) || template != null || method.needsTemplate();
    if (plain.hasTemplate()) {
      return withCalibration(plain);
    }
    if (linear && asked) {
      throw InvalidInputException.of(
          "head: %s is a linear head and reads no mask; leave it out, or leave out --template and"
              + " take a method that needs none",
          head);
    }
    Optional<? extends LabelledTask<?>> labelled = plain.labelled();
    if (asked) {
      return cloze(
          labelled.orElseThrow(
              () ->
                  InvalidInputException.of(
                      "%s asks for words in the place of a mask, and task '%s' (%s) has no labels"
                          + " or candidates that words could stand for",
                      asking(head, method), plain.name(), plain.kind())));
    }
    return linear || !method.prefersTemplate()
        ? plain
        : ClozeTask.over(plain, model).<Task<?>>map(this::calibrated).orElse(plain);
  }

  /** The setting that asks for a cloze. */
  private String asking(String head, PromptMethod method) {
    if (template != null) {
      return "template: it";
    }
    return VERBALIZER.equals(head) ? "head: " + head : "method: " + method.name();
  }

  /** A task that is a cloze of its own. */
  private Task<?> withCalibration(Task<?> own) {
    if (template != null || !words.isEmpty()) {
      throw InvalidInputException.of(
          "template: task '%s' has its own template and words; leave out --template and --words",
          own.name());
    }
    return calibrate ? own.calibrated() : own;
  }

  private Task<?> cloze(LabelledTask<?> labelled) {
    ClozeTask<?> put =
        template == null && words.isEmpty()
            ? ClozeTask.of(labelled)
            : ClozeTask.of(labelled, new Cloze(templateOf(labelled), wordsByLabel(labelled)));
    return calibrated(put);
  }

  private Task<?> calibrated(ClozeTask<?> put) {
    return calibrate ? put.calibrated() : put;
  }

  private ClozeTemplate templateOf(LabelledTask<?> labelled) {
    if (template == null) {
      return ClozeTask.of(labelled).cloze().template();
    }
    ClozeTemplate own = ClozeTemplate.parse(template);
    if (own.fields().isEmpty()) {
      throw InvalidInputException.of(
          "template: \"%s\" shows nothing of the input; put {text_a} or a column into it",
          template);
    }
    return own;
  }

  private Map<String, List<String>> wordsByLabel(LabelledTask<?> labelled) {
    if (words.isEmpty()) {
      return labelled.cloze().map(Cloze::words).orElse(Map.of());
    }
    Map<String, List<String>> byLabel = new LinkedHashMap<>();
    for (String entry : words) {
      int at = entry.indexOf('=');
      if (at < 1) {
        throw InvalidInputException.of(
            "words: '%s' is not of the form LABEL=WORD or LABEL=WORD|WORD", entry);
      }
      byLabel.put(entry.substring(0, at), Arrays.asList(entry.substring(at + 1).split("\\|", -1)));
    }
    return byLabel;
  }

  /**
   * The task that was asked for.
   *
   * @param name what to call one that is made of columns
   * @throws InvalidInputException if the options contradict each other, or say too little
   */
  public Task<?> choose(String name) {
    if (task != null) {
      if (text != null || pair != null || label != null || !labels.isEmpty()) {
        throw InvalidInputException.of(
            "task: --task %s knows its columns and labels itself; leave out --text, --pair, --label"
                + " and --labels, or --task",
            task);
      }
      return decoded(
          TaskFile.isFile(task) ? TaskFile.read(Path.of(task)) : Tasks.installed().get(task));
    }
    if (text == null) {
      throw new InvalidInputException(
          "task: say what to read: --task NAME, or --text COL [--pair COL] --label COL");
    }
    if (label == null) {
      throw new InvalidInputException("label: --text needs --label COL beside it");
    }
    Template second = pair == null ? null : Template.of(pair);
    SequenceClassificationTask chosen =
        SequenceClassificationTask.onPair(TaskName.near(name), Template.of(text), second, label);
    return decoded(labels.isEmpty() ? chosen : chosen.withLabels(labels));
  }

  private Task<?> decoded(Task<?> chosen) {
    if (decoding == null) {
      return chosen;
    }
    Decoding asked = Decoding.parse(decoding);
    if (chosen instanceof TagTask<?> tags) {
      return tags.withDecoding(asked);
    }
    throw InvalidInputException.of(
        "decoding: task '%s' (%s) gives words no tags; leave it out", chosen.name(), chosen.kind());
  }
}
