@echo off
rem Starts the ptune command from this checkout; builds it on first use. After changing sources,
rem delete ptuning4j-cli\target\ptune.built to have it built again.
setlocal
set "HERE=%~dp0"
set "JAVA=java"
if defined JAVA_HOME set "JAVA=%JAVA_HOME%\bin\java"
if not exist "%HERE%ptuning4j-cli\target\ptune.built" (
  echo ptune: building ^(mvn package^); the first time this downloads libraries and takes minutes 1>&2
  pushd "%HERE%"
  call mvn -q -B -Dmaven.test.skip=true -Dspotless.check.skip=true -pl ptuning4j-cli -am package || (popd & exit /b 1)
  popd
  type nul > "%HERE%ptuning4j-cli\target\ptune.built"
)
rem What libtorch needs from the environment, before the process starts (docs/architecture.md).
if not defined OMP_WAIT_POLICY set OMP_WAIT_POLICY=PASSIVE
if /i "%PROCESSOR_ARCHITECTURE%"=="AMD64" if not defined OPENBLAS_NUM_THREADS set OPENBLAS_NUM_THREADS=1

rem As in ptune: the second compiler pays off in long runs only; and little lives on the Java heap
rem while tensors are computed, so it stays as small as its content.
set "RUN=-XX:TieredStopAtLevel=1"
for %%C in (train demo eval compare ablate lama) do (
  if "%~1"=="%%C" set "RUN=-Xms16m -XX:MinHeapFreeRatio=20 -XX:MaxHeapFreeRatio=40"
)
if not "%~1"=="predict" goto run
:scan
if "%~1"=="" goto run
if "%~1"=="--input" set "RUN="
shift
goto scan

:run
for %%J in ("%HERE%ptuning4j-cli\target\ptuning4j-cli-*.jar") do set "JAR=%%J"
"%JAVA%" -XX:+UseSerialGC -Xshare:auto %RUN% %PTUNE_JAVA_OPTS% -jar "%JAR%" %*
exit /b %ERRORLEVEL%
