using Microsoft.OpenApi;

namespace HnmStreams.Web.Api.Description;

/// <summary>The OpenAPI description at <c>/openapi/v1.json</c>: title, security and the schema of requests.</summary>
internal static class ApiDescription
{
    /// <summary>The tag of all endpoints that require the token.</summary>
    public const string OperationsTag = "Operations";

    private const string Bearer = "bearer";

    public static void AddApiDescription(this IServiceCollection services) => services.AddOpenApi(options =>
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "HnmStreams API",
                Version = "v1",
                Description = "Status, hard negatives, models and operation of a HnmStreams learner.",
            };
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal);
            document.Components.SecuritySchemes[Bearer] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = Bearer,
                Description = "The value of the setting http.token.",
            };
            // An empty requirement is explicit anonymous access.
            foreach (var operation in document.Paths.Values.SelectMany(item => item.Operations?.Values.ToList() ?? []))
                operation.Security = [operation.Tags?.Any(t => t.Name == OperationsTag) == true ? BearerRequirement(document) : new OpenApiSecurityRequirement()];

            return Task.CompletedTask;
        });
    });

    /// <summary>Describes the body of a request as <typeparamref name="T"/>. The parameter of the handler would describe any JSON.</summary>
    public static RouteHandlerBuilder WithRequestSchema<T>(this RouteHandlerBuilder endpoint) => endpoint.AddOpenApiOperationTransformer(async (operation, context, cancellation) =>
    {
        var schema = await context.GetOrCreateSchemaAsync(typeof(T), null, cancellation);
        foreach (var content in operation.RequestBody?.Content?.Values ?? [])
            content.Schema = schema;
    });

    private static OpenApiSecurityRequirement BearerRequirement(OpenApiDocument document) => new() { [new OpenApiSecuritySchemeReference(Bearer, document)] = [] };
}
