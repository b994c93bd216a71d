package org.ptuning4j.server.inference.grpc;

import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.stub.StreamObserver;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.ptuning4j.Version;
import org.ptuning4j.server.config.Limit;
import org.ptuning4j.server.config.Limits;
import org.ptuning4j.server.inference.Inference;
import org.ptuning4j.server.inference.ModelTensors;
import org.ptuning4j.server.inference.NamedTensor;
import org.ptuning4j.server.inference.grpc.protocol.GRPCInferenceServiceGrpc;
import org.ptuning4j.server.inference.grpc.protocol.ModelInferRequest;
import org.ptuning4j.server.inference.grpc.protocol.ModelInferResponse;
import org.ptuning4j.server.inference.grpc.protocol.ModelMetadataRequest;
import org.ptuning4j.server.inference.grpc.protocol.ModelMetadataResponse;
import org.ptuning4j.server.inference.grpc.protocol.ModelReadyRequest;
import org.ptuning4j.server.inference.grpc.protocol.ModelReadyResponse;
import org.ptuning4j.server.inference.grpc.protocol.ServerLiveRequest;
import org.ptuning4j.server.inference.grpc.protocol.ServerLiveResponse;
import org.ptuning4j.server.inference.grpc.protocol.ServerMetadataRequest;
import org.ptuning4j.server.inference.grpc.protocol.ServerMetadataResponse;
import org.ptuning4j.server.inference.grpc.protocol.ServerReadyRequest;
import org.ptuning4j.server.inference.grpc.protocol.ServerReadyResponse;
import org.ptuning4j.server.problem.ProblemDetails;
import org.ptuning4j.server.problem.ProblemException;
import org.ptuning4j.server.problem.ProblemKind;
import org.ptuning4j.server.protocol.TaskAccess;
import org.ptuning4j.server.serving.Serving;

/** Answers the calls of the protocol. */
final class InferenceService extends GRPCInferenceServiceGrpc.GRPCInferenceServiceImplBase {

  private static final String NAME = "ptuning4j";
  private static final String VERSION = "1";

  private final Serving serving;
  private final Supplier<Limits> limits;
  private final BooleanSupplier ready;

  InferenceService(Serving serving, Supplier<Limits> limits, BooleanSupplier ready) {
    this.serving = serving;
    this.limits = limits;
    this.ready = ready;
  }

  /** Sends what a call is answered with, or its problem. */
  private static <R> void reply(StreamObserver<R> observer, Supplier<R> answer) {
    try {
      observer.onNext(answer.get());
      observer.onCompleted();
    } catch (ProblemException e) {
      observer.onError(
          GrpcProblems.status(e.problem()).asRuntimeException(GrpcProblems.trailers(e.problem())));
    }
  }

  private TaskAccess access() {
    return new TaskAccess(serving, GrpcGate.CALLER.get());
  }

  @Override
  public void serverLive(ServerLiveRequest request, StreamObserver<ServerLiveResponse> observer) {
    reply(observer, () -> ServerLiveResponse.newBuilder().setLive(true).build());
  }

  @Override
  public void serverReady(
      ServerReadyRequest request, StreamObserver<ServerReadyResponse> observer) {
    reply(observer, () -> ServerReadyResponse.newBuilder().setReady(ready.getAsBoolean()).build());
  }

  @Override
  public void serverMetadata(
      ServerMetadataRequest request, StreamObserver<ServerMetadataResponse> observer) {
    reply(
        observer,
        () ->
            ServerMetadataResponse.newBuilder()
                .setName(NAME)
                .setVersion(Version.current())
                .build());
  }

  @Override
  public void modelReady(ModelReadyRequest request, StreamObserver<ModelReadyResponse> observer) {
    reply(
        observer,
        () ->
            ModelReadyResponse.newBuilder()
                .setReady(isVersion(request.getVersion()) && access().isReady(request.getName()))
                .build());
  }

  @Override
  public void modelMetadata(
      ModelMetadataRequest request, StreamObserver<ModelMetadataResponse> observer) {
    reply(
        observer,
        () -> {
          requireVersion(request.getVersion());
          ModelTensors tensors = new ModelTensors(access().get("name", request.getName()));
          return ModelMetadataResponse.newBuilder()
              .setName(request.getName())
              .addVersions(VERSION)
              .setPlatform(NAME)
              .addAllInputs(declared(tensors.inputs()))
              .addAllOutputs(declared(tensors.outputs()))
              .build();
        });
  }

  private static List<ModelMetadataResponse.TensorMetadata> declared(
      List<ModelTensors.Declared> tensors) {
    return tensors.stream()
        .map(
            tensor ->
                ModelMetadataResponse.TensorMetadata.newBuilder()
                    .setName(tensor.name())
                    .setDatatype(tensor.type().name())
                    .addShape(-1)
                    .build())
        .toList();
  }

  @Override
  public void modelInfer(ModelInferRequest request, StreamObserver<ModelInferResponse> observer) {
    reply(
        observer,
        () -> {
          requireVersion(request.getModelVersion());
          Limits now = limits.get();
          List<NamedTensor> outputs =
              new Inference(access(), now)
                  .infer(
                      request.getModelName(),
                      new GrpcTensors(now).read(request),
                      request.getOutputsList().stream()
                          .map(ModelInferRequest.InferRequestedOutputTensor::getName)
                          .toList(),
                      deadline(now));
          ModelInferResponse.Builder response =
              ModelInferResponse.newBuilder()
                  .setModelName(request.getModelName())
                  .setModelVersion(VERSION)
                  .setId(request.getId());
          GrpcTensors.write(outputs, request.getRawInputContentsCount() > 0, response);
          return response.build();
        });
  }

  /** The caller's, if it comes sooner than the server's. */
  private static Instant deadline(Limits limits) {
    Instant most = Instant.now().plus(limits.seconds(Limit.REQUEST_SECONDS));
    Deadline own = Context.current().getDeadline();
    if (own == null) {
      return most;
    }
    Instant wanted = Instant.now().plusNanos(Math.max(0, own.timeRemaining(TimeUnit.NANOSECONDS)));
    return wanted.isBefore(most) ? wanted : most;
  }

  private static boolean isVersion(String version) {
    return version.isEmpty() || version.equals(VERSION);
  }

  private static void requireVersion(String version) {
    if (!isVersion(version)) {
      throw ProblemDetails.ofValue(
              ProblemKind.NOT_FOUND, "version", version, "there is version " + VERSION + " alone")
          .exception();
    }
  }
}
